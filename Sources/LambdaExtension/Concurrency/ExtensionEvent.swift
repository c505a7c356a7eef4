#if !hasFeature(Embedded)
/// An ``ExtensionEventView`` that owns its texts, to be kept and passed on.
public enum ExtensionEvent: Equatable, Sendable {
    /// An invocation has begun; see ``InvokeEvent``.
    case invoke(Invocation)
    /// The environment ends; see ``ShutdownEvent``.
    case shutdown(Shutdown)
    /// A kind that did not exist when this was written; its name.
    case unknown(String)

    /// The start of an invocation.
    public struct Invocation: Equatable, Sendable {
        /// The event's own id; nil where the service gives none.
        public let identifier: String?
        /// The request id.
        public let requestID: String
        /// The time at which the invocation times out: milliseconds since 1970, on the wall clock.
        public let deadline: Int64
        /// The function's ARN as it was invoked.
        public let functionARN: String?
        /// The kind of trace id; nil without tracing.
        public let tracingType: String?
        /// The trace id; nil without tracing.
        public let tracingValue: String?
    }

    /// The end of the environment.
    public struct Shutdown: Equatable, Sendable {
        /// The time at which the environment is killed: milliseconds since 1970, on the wall clock.
        public let deadline: Int64
        /// Why, such as `spindown`; nil when it is not said.
        public let reason: String?
    }

    /// A copy of an event's texts.
    public init(_ event: ExtensionEventView) {
        switch event {
        case .invoke(let event):
            self = .invoke(
                Invocation(
                    identifier: event.identifier?.string, requestID: event.requestID.string, deadline: event.deadline,
                    functionARN: event.functionARN?.string, tracingType: event.tracingType?.string,
                    tracingValue: event.tracingValue?.string))
        case .shutdown(let event):
            self = .shutdown(Shutdown(deadline: event.deadline, reason: event.reason?.string))
        case .unknown(let kind): self = .unknown(kind.string)
        }
    }
}
#endif
