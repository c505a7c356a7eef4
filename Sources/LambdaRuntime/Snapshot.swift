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

    /// Goes through the snapshot on the calling thread.
    ///
    /// - Throws: the error of a hook, after it was reported, or that of the call that asks for the restore.
    func pass(_ calls: BlockingCalls) throws(EndingError) {
        if let failure = failure(of: hooks.before.runBlocking) {
            let error = FunctionError.beforeSnapshot(failure)
            try? calls.result { $0.initError(error, completion: $1) }
            throw .hook(error)
        }
        try calls.result { $0.restoreNext($1) }
        let limit = restored(calls.endpoint)
        let failure = failure(of: hooks.after.runBlocking)
        limit.callOff()
        if let failure {
            let error = FunctionError.afterRestore(failure)
            try? calls.result { $0.restoreError(error, completion: $1) }
            throw .hook(error)
        }
    }

    /// The time for the hooks begins, in a copy that may be in another zone than the one that was put into the snapshot.
    func restored(_ endpoint: LambdaEndpoint) -> RestoreLimit {
        forgetPlace()
        return RestoreLimit(restoreLimit, endpoint: endpoint)
    }
}

extension FunctionError {
    static func beforeSnapshot(_ error: FunctionError) -> FunctionError {
        FunctionError(type: "Runtime.BeforeSnapshotError", message: "\(error)")
    }

    static func afterRestore(_ error: FunctionError) -> FunctionError {
        FunctionError(type: "Runtime.AfterRestoreError", message: "\(error)")
    }
}
