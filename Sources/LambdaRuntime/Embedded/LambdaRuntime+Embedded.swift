#if hasFeature(Embedded)
import HostProcess

/// Runs a Lambda function: takes events from the Runtime API, calls a handler, answers.
///
/// An error the handler throws is reported to the caller, and the next event is asked for. When the Runtime API itself
/// fails, one line on standard error says how, and the process exits with code 1.
public enum LambdaRuntime {
    /// The error of a handler.
    public typealias HandlerFailure = FunctionError

    /// Handles events on the one thread there is, for as long as the process lives.
    public static func runBlocking(
        _ handler: ([UInt8], LambdaContext) throws(HandlerFailure) -> [UInt8]
    ) -> Never {
        StandardOutput.writeLinesAtOnce()
        liveBlocking { event, context in
            Result { () throws(HandlerFailure) in try handler(event, context) }
        }
    }
}
#endif
