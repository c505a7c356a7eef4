#if !hasFeature(Embedded)
import HostProcess
import LambdaAPI

extension LambdaRuntime {
    /// The error of a handler that blocks its thread; in Embedded Swift a ``FunctionError``.
    public typealias HandlerFailure = any Error

    /// Handles events on the calling thread, for as long as the process lives: no task, no other thread, no executor.
    ///
    ///     LambdaRuntime.runBlocking { event, context in
    ///         [UInt8](#"{"size":\#(event.count)}"#.utf8)
    ///     }
    ///
    /// This is for functions that have nothing to await. The handler may block; nothing else waits for its thread. Work
    /// that it adds with ``LambdaContext/afterResponse(_:)`` still runs as tasks. One event is handled at a time, on
    /// Managed Instances too.
    ///
    /// Errors are handled as ``LambdaRuntime`` says: those of the handler are reported to the caller, those of the
    /// Runtime API end the process with code 1.
    public static func runBlocking(_ handler: ([UInt8], LambdaContext) throws -> [UInt8]) -> Never {
        StandardOutput.writeLinesAtOnce()
        if StartByHand.isOne {
            do { try StartByHand.handleBlocking(handler) } catch { exit(after: error) }
        }
        liveBlocking { event, context in outcome { try handler(event, context) } }
    }

    /// Event after event until the service fails, or the termination asks for the end.
    ///
    /// - Throws: an ``EndingError``.
    package static func serveBlocking(
        _ endpoint: LambdaEndpoint, through snapshot: Snapshot? = .ofProcess, termination: Termination? = nil,
        _ handler: ([UInt8], LambdaContext) throws -> [UInt8]
    ) throws {
        try serveBlocking(endpoint, through: snapshot, termination: termination) { event, context in
            outcome { try handler(event, context) }
        }
    }

    private static func outcome(of handle: () throws -> [UInt8]) -> Result<[UInt8], FunctionError> {
        Result(catching: handle).mapError { FunctionError($0) }
    }
}
#endif
