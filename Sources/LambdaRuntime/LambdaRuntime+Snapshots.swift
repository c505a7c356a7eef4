#if !hasFeature(Embedded)
import HostProcess

// Lambda SnapStart ("Implementing SnapStart hooks for container images").
extension LambdaRuntime {
    /// Registers work for the time before Lambda takes a snapshot of the function; the last hook registered runs first.
    ///
    ///     LambdaRuntime.beforeSnapshot { try await cache.warm() }
    ///     LambdaRuntime.afterRestore { try await database.connect() }
    ///
    /// Hooks run once, when the function has been set up, and only under SnapStart: elsewhere they are never called.
    /// Whatever is unique when the snapshot is taken (seeds, ids, connections, the time) is the same in every copy that
    /// is restored from it. Lambda gives set-up and hooks the function's timeout, or 130 seconds if that is less. An
    /// error that a hook throws is reported to `/init/error` as `Runtime.BeforeSnapshotError`, and the process exits
    /// with code 1.
    public static func beforeSnapshot(_ hook: @escaping @Sendable () async throws -> Void) {
        SnapshotHooks.shared.before.add(.suspending(hook))
    }

    /// The same with work that has nothing to await, which ``runBlocking(_:)`` runs on its own thread.
    public static func beforeSnapshot(_ hook: @escaping @Sendable () throws -> Void) {
        SnapshotHooks.shared.before.add(.blocking(hook))
    }

    /// Registers work for the time after a copy of the function was restored from its snapshot, before its first event;
    /// the first hook registered runs first. See `beforeSnapshot(_:)`.
    ///
    /// Lambda gives the hooks 10 seconds. If one throws, or they take longer, that is reported to `/restore/error` as
    /// `Runtime.AfterRestoreError`, and the process exits with code 1.
    public static func afterRestore(_ hook: @escaping @Sendable () async throws -> Void) {
        SnapshotHooks.shared.after.add(.suspending(hook))
    }

    /// The same with work that has nothing to await, which ``runBlocking(_:)`` runs on its own thread.
    public static func afterRestore(_ hook: @escaping @Sendable () throws -> Void) {
        SnapshotHooks.shared.after.add(.blocking(hook))
    }
}
#endif
