import CLinux
import CSimulatedKernel
import Testing

/// The whole extension, from `main` down, over a simulated kernel: hundreds of runs in which everything happens that a
/// kernel, a clock, Lambda, a function and strangers may do, in every order.
///
/// `POSTINVOKE_SIMULATION_STEPS` asks for more steps than the usual, `POSTINVOKE_SIMULATION_SEED` for one run alone.
@Suite(.enabled(if: simulated_is_available(), "the sanitizer stands where the simulated kernel would"))
struct SimulationTests {
    private static func setting(_ name: String) -> UInt64? {
        guard let text = getenv(name) else { return nil }
        return UInt64(String(cString: text))
    }

    private static let length = 500

    @Test func keepsItsPromises() {
        if let seed = Self.setting("POSTINVOKE_SIMULATION_SEED") {
            let (_, failure) = Self.run(seed)
            if let failure { Issue.record("\(failure)") }
            return
        }
        #if DEBUG
        let usual: UInt64 = 100_000
        #else
        let usual: UInt64 = 1_000_000
        #endif
        let wanted = Self.setting("POSTINVOKE_SIMULATION_STEPS") ?? usual
        var steps: UInt64 = 0
        var seed: UInt64 = 1
        while steps < wanted {
            let (count, failure) = Self.run(seed)
            if let failure {
                Issue.record("\(failure)")
                return
            }
            steps += UInt64(count)
            seed += 1
        }
        #expect(steps >= wanted)
    }

    /// One run; when it fails, the shortest script that fails in the same way.
    private static func run(_ seed: UInt64) -> (steps: Int, failure: String?) {
        let script = Script(seed: seed, length: length)
        let world = World(script)
        guard let fault = world.run() else { return (world.stepCount, nil) }
        var shrinker = Shrinker { actions in
            var part = script
            part.actions = actions
            return World(part).run()
        }
        var shortest = script
        shortest.actions = shrinker.shrink(world.performed, fault: fault)
        let last = World(shortest).run() ?? "\(fault)\n(not found again without what came by chance)"
        return (
            world.stepCount,
            "\(last)\nThe shortest script, of \(world.performed.count) actions:\n\(shortest)"
        )
    }

    /// Repeats what the simulation has found, in its shortest form.
    @Test(
        arguments: [
            // An answer that the kernel did not take at once, and a further request behind it: an idle connection was closed
            // as if it had been slow.
            [
                .fault(.write, .error(EAGAIN)), .connect(2, .tcp), .send(2, .done(.foreign)), .send(2, .done(.unnamed)),
                .deliver(2, .max),
            ],
            // A read that failed for a moment, though there was something: the connection waited for ever.
            [.connect(2, .tcp), .run, .fault(.read, .error(EAGAIN)), .send(2, .check), .deliver(2, .max)],
        ] as [[Action]])
    func whatItFoundStaysMended(actions: [Action]) {
        var script = Script(seed: 0, length: 0)
        script.actions = actions
        #expect(World(script).run() == nil)
    }

    /// The first connection of a session closes, and a crowd comes: the other one stays.
    @Test func oneConnectionOfASessionStays() {
        var script = Script(seed: 0, length: 0)
        script.actions = []
        for peer in [0, 2] {
            script.actions! += [.connect(peer, .tcp), .send(peer, .session(7)), .deliver(peer, .max), .run]
        }
        script.actions! += [.run, .close(0), .deliver(0, .max), .run, .crowd(70)]
        script.actions! += Array(repeating: .run, count: 8)
        #expect(World(script).run() == nil)
    }

    /// The process is stopped between the reading of the clock for its timers, of which one is due, and the look before them: who
    /// connects then has its time from then on.
    @Test func aStopBeforeTheLookDatesNobodyBack() {
        var script = Script(seed: 0, length: 0)
        script.setup.budget = 400
        script.actions = [
            .welcome(true), .connect(2, .tcp), .run, .answer(.fine, isChunked: false), .send(2, .check),
            .deliver(2, .max),
            .deliverAnswer(.max), .run, .answer(.invoke(deadline: 900_000, isRepeated: false), isChunked: true),
            .deliverAnswer(.max), .run, .clocks(wall: 0, monotonic: 789), .run, .connect(11, .tcp),
            .clocks(wall: 75_123, monotonic: 75_123),
        ]
        #expect(World(script).run() == nil)
    }

    @Test func theSameSeedIsTheSameRun() {
        for seed in 1...20 as ClosedRange<UInt64> {
            let script = Script(seed: seed, length: Self.length)
            let (first, second) = (World(script), World(script))
            #expect(first.run() == second.run())
            #expect(first.performed == second.performed)
            #expect(first.kernel.callCount == second.kernel.callCount)
            var recorded = script
            recorded.actions = first.performed
            let third = World(recorded)
            #expect(third.run() == nil)
            #expect(third.kernel.callCount == first.kernel.callCount)
        }
    }
}
