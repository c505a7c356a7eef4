/// The answer of the Extensions API when it is asked for the next event.
///
/// Texts are views of the answer, valid during the completion's call only: take `.string` of what must stay.
public enum ExtensionEventView {
    /// An invocation has begun; it does not end before this extension has asked for the next event.
    case invoke(InvokeEvent)
    /// The environment ends: exit within the deadline, at once if there is nothing to do.
    case shutdown(ShutdownEvent)
    /// A kind that did not exist when this was written; its name.
    case unknown(JSONText)
}

/// The start of an invocation ("Using the Lambda Extensions API to create extensions", Invoke phase).
public struct InvokeEvent {
    /// The event's own id (`Lambda-Extension-Event-Identifier`); nil where the service gives none.
    public let identifier: ByteView?
    /// The request id, a UUID today.
    public let requestID: JSONText
    /// The time at which the invocation times out: milliseconds since 1970, on the wall clock.
    public let deadline: Int64
    /// The function's ARN as it was invoked, with its alias or version.
    public var functionARN: JSONText? { JSONReader.text("invokedFunctionArn", of: body) }
    /// The kind of trace id, `X-Amzn-Trace-Id`; nil without tracing.
    public var tracingType: JSONText? { JSONReader.text("type", in: "tracing", of: body) }
    /// The trace id; nil without tracing.
    public var tracingValue: JSONText? { JSONReader.text("value", in: "tracing", of: body) }
    let body: ByteView

    /// ``deadline`` in nanoseconds, held within what 64 bits can say.
    public var deadlineNanoseconds: Int64 {
        let (nanoseconds, overflow) = deadline.multipliedReportingOverflow(by: 1_000_000)
        return overflow ? (deadline < 0 ? .min : .max) : nanoseconds
    }
}

/// The end of the environment (same document, Shutdown phase).
public struct ShutdownEvent {
    /// The time at which the environment is killed: milliseconds since 1970, on the wall clock, about two seconds
    /// ahead.
    public let deadline: Int64
    /// Why: `spindown`, `timeout` and `failure` are documented, others have been seen; nil when it is not said.
    public let reason: JSONText?
}
