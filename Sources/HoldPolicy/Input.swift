extension HoldPolicy {
    /// Everything that can happen to the extension.
    public enum Input: Equatable, Sendable {
        /// `GET /check`. A connection opens its session once: a further check on it is no input.
        case checkIn(opensSession: Bool)
        /// A connection that had opened a session was closed, by whomever.
        case sessionClosed
        /// An INVOKE event, with its deadline in nanoseconds of the wall clock; one that has passed is none.
        case invoke(RequestID, deadline: Int64)
        /// `POST /done`, for one invocation or, without an id, for the one that runs.
        case done(RequestID?, from: Caller)
        /// The timer that ``HoldPolicy/Action/hold(until:)`` asked for has fired; early, late or in vain does not matter.
        case timer
        /// A SHUTDOWN event.
        case shutdown
    }

    /// The sender of a request.
    public enum Caller: Equatable, Sendable {
        /// A connection that has opened a session.
        case session
        /// Any other connection.
        case other
    }
}
