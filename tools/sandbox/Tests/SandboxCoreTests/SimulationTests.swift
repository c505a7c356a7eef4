import SandboxCore
import Testing

/// Functions, extensions and callers that do anything at any time, at full speed on a clock of their own.
@Suite struct SimulationTests {
    @Test(arguments: Array(UInt64(1)...60))
    func everyPromiseIsKept(seed: UInt64) {
        var world = World(Choices(seed: seed), seed: seed)
        for _ in 0..<2_500 { world.step() }
        world.end()
        #expect(world.faults == [], "seed \(seed): \(world.faults.first ?? "")")
        #expect(world.invocations > 20, "seed \(seed) did not get anywhere")
    }

    @Test func invocationsOverlapOnManagedInstances() {
        let overlaps = (UInt64(1)...60).map { seed in
            var world = World(Choices(seed: seed), seed: seed)
            for _ in 0..<2_500 { world.step() }
            return world.overlap
        }
        #expect(overlaps.contains(1) && (overlaps.max() ?? 0) > 3, "\(overlaps)")
    }
}
