import Synchronization

/// The work that parts of a process have before it is put into a snapshot and after it was restored from one (Lambda
/// SnapStart); registered by anybody, run by the runtime.
package final class SnapshotHooks: Sendable {
    /// The process's own.
    package static let shared = SnapshotHooks()

    /// A piece of work.
    package enum Hook: Sendable {
        case blocking(@Sendable () throws -> Void)
        case suspending(@Sendable () async throws -> Void)
    }

    private let before = Mutex<[Hook]>([])
    private let after = Mutex<[Hook]>([])

    /// A collection without hooks.
    package init() {}

    /// Registers work for before the snapshot; the last hook registered runs first.
    package func addBefore(_ hook: Hook) { before.withLock { $0.append(hook) } }

    /// Registers work for after the restore; the first hook registered runs first.
    package func addAfter(_ hook: Hook) { after.withLock { $0.append(hook) } }

    /// Runs the hooks for before the snapshot, each once, those included that they register themselves.
    ///
    /// - Throws: the error of the first hook that throws; the hooks behind it do not run.
    package func runBefore() async throws {
        while let hook = takeBefore() { try await Self.run(hook) }
    }

    /// Runs the hooks for after the restore, each once, those included that they register themselves.
    ///
    /// - Throws: the error of the first hook that throws; the hooks behind it do not run.
    package func runAfter() async throws {
        while let hook = takeAfter() { try await Self.run(hook) }
    }

    /// ``runBefore()`` on the calling thread, which waits for those hooks that suspend.
    package func runBeforeBlocking() throws {
        while let hook = takeBefore() { try Self.runBlocking(hook) }
    }

    /// ``runAfter()`` on the calling thread, which waits for those hooks that suspend.
    package func runAfterBlocking() throws {
        while let hook = takeAfter() { try Self.runBlocking(hook) }
    }

    private func takeBefore() -> Hook? { before.withLock { $0.popLast() } }

    private func takeAfter() -> Hook? { after.withLock { $0.isEmpty ? nil : $0.removeFirst() } }

    private static func run(_ hook: Hook) async throws {
        switch hook {
        case .blocking(let work): try work()
        case .suspending(let work): try await work()
        }
    }

    private static func runBlocking(_ hook: Hook) throws {
        switch hook {
        case .blocking(let work): try work()
        case .suspending(let work):
            let outcome = Handover<Result<Void, any Error>>()
            Task.detached {
                do {
                    try await work()
                    outcome.put(.success(()))
                } catch {
                    outcome.put(.failure(error))
                }
            }
            try outcome.take(within: nil)?.get()
        }
    }
}
