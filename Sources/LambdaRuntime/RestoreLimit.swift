#if !hasFeature(Embedded)
import CLinux
import HostProcess
import LambdaAPI

/// Reports hooks that take too long after a restore, and ends the process with code 1.
///
/// On a thread of its own and over a connection of its own: a hook that hangs may hang everything else.
struct RestoreLimit {
    private let ended = Handover<Void>()

    /// The time begins.
    init(_ limit: Duration, endpoint: LambdaEndpoint) {
        Thread.start { [ended] in
            guard ended.take(within: limit) == nil else { return }
            let error = FunctionError(
                type: "Runtime.AfterRestoreError", message: "the hooks after the restore took longer than \(limit)")
            log(.fatal, "\(error)")
            try? Self.report(error, to: endpoint)
            exit(EXIT_FAILURE)
        }
    }

    /// The hooks have ended.
    func callOff() { ended.put(()) }

    private static func report(_ error: FunctionError, to endpoint: LambdaEndpoint) throws(Errno) {
        let loop = try EventLoop()
        let client = RuntimeClient(loop: loop, endpoint: endpoint)
        client.restoreError(error) { [unowned loop] _ in loop.stop() }
        try loop.run()
        client.close()
    }
}
#endif
