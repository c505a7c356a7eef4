import HostProcess
import Synchronization
import Testing

struct SnapshotHooksTests {
    private struct Refused: Error {}

    private final class Record: Sendable {
        private let entries = Mutex<[String]>([])
        func add(_ entry: String) { entries.withLock { $0.append(entry) } }
        var all: [String] { entries.withLock { $0 } }
    }

    private enum Form: CaseIterable { case suspending, blocking }

    private func run(_ form: Form, before isBefore: Bool, _ hooks: SnapshotHooks) async throws {
        switch form {
        case .suspending: try await isBefore ? hooks.before.run() : hooks.after.run()
        case .blocking:
            // On a thread of its own: what blocks one of the executor's can keep the hook from running that it waits for.
            let outcome: Result<Void, any Error> = await withCheckedContinuation { continuation in
                Thread.start {
                    continuation.resume(
                        returning: Result { try isBefore ? hooks.before.runBlocking() : hooks.after.runBlocking() })
                }
            }
            try outcome.get()
        }
    }

    @Test(arguments: Form.allCases)
    private func runLastFirstBeforeAndFirstFirstAfter(_ form: Form) async throws {
        let (hooks, record) = (SnapshotHooks(), Record())
        for number in 1...3 {
            hooks.before.add(.blocking { record.add("before \(number)") })
            hooks.after.add(.blocking { record.add("after \(number)") })
        }
        hooks.before.add(
            .suspending {
                await Task.yield()
                record.add("before 4")
            })
        hooks.after.add(
            .suspending {
                await Task.yield()
                record.add("after 4")
            })
        try await run(form, before: true, hooks)
        #expect(record.all == ["before 4", "before 3", "before 2", "before 1"])
        try await run(form, before: false, hooks)
        #expect(record.all.dropFirst(4) == ["after 1", "after 2", "after 3", "after 4"])
    }

    @Test(arguments: Form.allCases)
    private func runOnceAndWithThoseThatHooksRegister(_ form: Form) async throws {
        let (hooks, record) = (SnapshotHooks(), Record())
        hooks.before.add(
            .blocking {
                hooks.before.add(.blocking { record.add("inner") })
                record.add("outer")
            })
        for _ in 0..<2 { try await run(form, before: true, hooks) }
        #expect(record.all == ["outer", "inner"])
    }

    @Test(arguments: Form.allCases, [true, false])
    private func oneThatThrowsIsTheLastToRun(_ form: Form, _ isBefore: Bool) async throws {
        let (hooks, record) = (SnapshotHooks(), Record())
        let first = SnapshotHooks.Hook.blocking { record.add("first") }
        let second = SnapshotHooks.Hook.suspending { throw Refused() }
        let third = SnapshotHooks.Hook.blocking { record.add("third") }
        if isBefore {
            for hook in [third, second, first] { hooks.before.add(hook) }
        } else {
            for hook in [first, second, third] { hooks.after.add(hook) }
        }
        await #expect(throws: Refused.self) { try await run(form, before: isBefore, hooks) }
        #expect(record.all == ["first"])
    }
}
