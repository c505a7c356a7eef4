/// The work that parts of a process have before it is put into a snapshot and after it was restored from one (Lambda
/// SnapStart); registered by anybody, run by the runtime.
package final class SnapshotHooks: Sendable {
    /// The process's own.
    package static let shared = SnapshotHooks()

    /// The work for before the snapshot; the last hook registered runs first.
    package let before = Queue(lastRunsFirst: true)
    /// The work for after the restore; the first hook registered runs first.
    package let after = Queue(lastRunsFirst: false)

    /// A collection without hooks.
    package init() {}

    /// A piece of work.
    package enum Hook: Sendable {
        case blocking(@Sendable () throws(Failure) -> Void)
        case suspending(SuspendingWork)
    }

    /// The hooks for one of the two moments.
    package final class Queue: Sendable {
        private let hooks = Mutex<[Hook]>([])
        private let lastRunsFirst: Bool

        fileprivate init(lastRunsFirst: Bool) { self.lastRunsFirst = lastRunsFirst }

        /// Registers work.
        package func add(_ hook: Hook) { hooks.withLock { $0.append(hook) } }

        /// Runs the hooks on the calling thread, each once, including those that hooks register; it waits for those that suspend.
        ///
        /// - Throws: the error of the first hook that throws; the hooks behind it do not run.
        package func runBlocking() throws(Failure) {
            while let hook = take() {
                switch hook {
                case .blocking(let work): try work()
                case .suspending(let work): try SnapshotHooks.runBlocking(work)
                }
            }
        }

        func take() -> Hook? {
            hooks.withLock { hooks in
                if lastRunsFirst { return hooks.popLast() }
                return hooks.isEmpty ? nil : hooks.removeFirst()
            }
        }
    }
}
