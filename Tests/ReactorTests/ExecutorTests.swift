import CLinux
import Reactor
import Synchronization
import Testing

@Suite struct ExecutorTests {
    private struct Refused: Error, Equatable {}

    @Test func runsATaskToItsEndAndGivesItsValue() throws {
        let loop = try EventLoop()
        let caller = clinux_thread()
        let value = loop.run {
            #expect(clinux_thread() == caller)
            #expect(loop.isOnLoop)
            await Task.yield()
            #expect(clinux_thread() == caller)
            return 42
        }
        #expect(value == 42)
        #expect(!loop.isOnLoop)
    }

    @Test func throwsWhatTheTaskThrows() throws {
        let loop = try EventLoop()
        #expect(throws: Refused()) { try loop.run { () throws(Refused) in throw Refused() } }
    }

    @Test func canBeRunAgain() throws {
        let loop = try EventLoop()
        for round in 0..<10 { #expect(loop.run { round } == round) }
    }

    @Test func aStopMeanwhileIsOverruled() throws {
        let loop = try EventLoop()
        let value = loop.run {
            loop.stop()
            await Task.yield()
            return 1
        }
        #expect(value == 1)
    }

    @Test func childTasksStayOnTheLoop() throws {
        let loop = try EventLoop()
        let sum = loop.run {
            await withTaskGroup(of: Int.self) { group in
                for number in 1...100 {
                    group.addTask {
                        await Task.yield()
                        #expect(loop.isOnLoop)
                        return number
                    }
                }
                return await group.reduce(0, +)
            }
        }
        #expect(sum == 5_050)
    }

    private actor Counter {
        let loop: EventLoop
        private(set) var count = 0

        init(loop: EventLoop) { self.loop = loop }

        nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

        func add() {
            #expect(loop.isOnLoop)
            count += 1
        }

        nonisolated func addAssumingIsolation() { assumeIsolated { $0.count += 1 } }
    }

    @Test func anActorLivesOnTheLoop() throws {
        let loop = try EventLoop()
        let counter = Counter(loop: loop)
        let count = loop.run {
            for _ in 0..<1_000 { await counter.add() }
            counter.addAssumingIsolation()
            return await counter.count
        }
        #expect(count == 1_001)
    }

    @Test func jobsFromOtherThreadsWakeTheLoop() throws {
        let others = try [OtherLoop(), OtherLoop()]
        defer { others.forEach { $0.end() } }
        let executors = others.map(\.loop)
        let loop = try EventLoop()
        let counter = Counter(loop: loop)
        let count = loop.run {
            await withTaskGroup(of: Void.self) { group in
                for number in 0..<8 {
                    group.addTask(executorPreference: executors[number % 2]) {
                        for _ in 0..<500 { await counter.add() }
                    }
                }
            }
            return await counter.count
        }
        #expect(count == 4_000)
    }

    @Test func aJobGivenBeforeTheLoopRunsIsRun() throws {
        let loop = try EventLoop()
        withExtendedLifetime(loop) {
            let flag = Flag()
            Task(executorPreference: loop) { flag.raise() }
            var rounds = 0
            while !flag.isRaised, rounds < 100 {
                _ = try? loop.round()
                rounds += 1
            }
            #expect(flag.isRaised)
        }
    }

    private final class Flag: Sendable {
        private let raised = Atomic(false)
        var isRaised: Bool { raised.load(ordering: .acquiring) }
        func raise() { raised.store(true, ordering: .releasing) }
    }

    /// A chain of jobs that is always ready must not keep descriptors from being served.
    @Test func jobsDoNotStarveDescriptors() throws {
        let loop = try EventLoop()
        let (reader, writer) = try End.pipe()
        let flag = Flag()
        let token = try loop.register(reader.descriptor, for: .read) { [unowned loop] _ in
            _ = try? reader.receive()
            flag.raise()
            loop.stop()
        }
        try writer.send()
        loop.run { while !flag.isRaised { await Task.yield() } }
        #expect(flag.isRaised)
        loop.deregister(token)
    }

    @Test func isolationIsChecked() async {
        await #expect(processExitsWith: .failure) {
            let loop = try EventLoop()
            loop.preconditionIsolated()
        }
    }
}
