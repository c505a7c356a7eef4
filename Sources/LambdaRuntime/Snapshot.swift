import HostProcess
import LambdaAPI

/// The way of a function through its snapshot, between its set-up and its first event, under Lambda SnapStart
/// ("Implementing SnapStart hooks for container images").
///
/// The hooks for before the snapshot run, then the runtime asks for its restore: that call hangs while the snapshot is taken
/// and is answered in every copy that is restored from it. There the other hooks follow, and then the first event.
package struct Snapshot: Sendable {
    let hooks: SnapshotHooks
    /// The longest time that the hooks after the restore may take in all. Lambda grants 10 seconds, of which some must be
    /// left to report that the hooks took too long.
    let restoreLimit: Duration

    /// One whose hooks these are.
    package init(hooks: SnapshotHooks = .shared, restoreLimit: Duration = .milliseconds(9_750)) {
        self.hooks = hooks
        self.restoreLimit = restoreLimit
    }

    /// That of this process; nil where there is none.
    package static var ofProcess: Snapshot? { InitializationType.ofProcess == .snapStart ? Snapshot() : nil }

    /// Goes through the snapshot.
    ///
    /// - Throws: the error of a hook, after it was reported, or the ``RuntimeError`` of the call that asks for the
    ///   restore.
    func pass(_ worker: LoneWorker, at endpoint: LambdaEndpoint) async throws {
        do {
            try await hooks.before.run()
        } catch {
            let error = FunctionError.beforeSnapshot(error)
            try? await worker.result { $0.initError(error, completion: $1) }
            throw error
        }
        try await worker.result { $0.restoreNext($1) }
        let limit = restored(endpoint)
        do {
            try await hooks.after.run()
            limit.callOff()
        } catch {
            limit.callOff()
            let error = FunctionError.afterRestore(error)
            try? await worker.result { $0.restoreError(error, completion: $1) }
            throw error
        }
    }

    /// The time for the hooks begins, in a copy that may be in another zone than the one that was put into the snapshot.
    private func restored(_ endpoint: LambdaEndpoint) -> RestoreLimit {
        MetadataService.shared.forget()
        return RestoreLimit(restoreLimit, endpoint: endpoint)
    }

    /// The same on the calling thread.
    func pass(_ calls: BlockingCalls) throws {
        do {
            try hooks.before.runBlocking()
        } catch {
            let error = FunctionError.beforeSnapshot(error)
            try? calls.result { $0.initError(error, completion: $1) }
            throw error
        }
        try calls.result { $0.restoreNext($1) }
        let limit = restored(calls.endpoint)
        do {
            try hooks.after.runBlocking()
            limit.callOff()
        } catch {
            limit.callOff()
            let error = FunctionError.afterRestore(error)
            try? calls.result { $0.restoreError(error, completion: $1) }
            throw error
        }
    }
}

extension FunctionError {
    fileprivate static func beforeSnapshot(_ error: any Error) -> FunctionError {
        FunctionError(type: "Runtime.BeforeSnapshotError", message: "\(FunctionError(error))")
    }

    static func afterRestore(_ error: any Error) -> FunctionError {
        FunctionError(type: "Runtime.AfterRestoreError", message: "\(FunctionError(error))")
    }
}
