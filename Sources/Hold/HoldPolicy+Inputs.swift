extension HoldPolicy {
    /// The settings that stay the same while the extension runs.
    public struct Settings: Equatable, Sendable {
        /// The choice whether to hold at all.
        public var mode: Mode
        /// The time before the deadline at which a hold ends, in nanoseconds, so that the extension is out of the way
        /// when the deadline comes.
        public var deadlineMargin: Int64
        /// The longest hold, in nanoseconds of the monotonic clock; nil leaves it to the deadline.
        public var maximumHold: Int64?

        /// Holds until 50 ms before the deadline, unless set otherwise.
        public init(mode: Mode = .hold, deadlineMargin: Int64 = 50_000_000, maximumHold: Int64? = nil) {
            self.mode = mode
            self.deadlineMargin = deadlineMargin
            self.maximumHold = maximumHold
        }
    }

    /// The choice whether to hold at all.
    public enum Mode: Equatable, Sendable {
        /// Invocations are held until their work is done.
        case hold
        /// No invocation is ever held: the platform does not freeze, or nobody could reach us to say `/done`.
        case passThrough

        /// The word for it, in the local protocol and on the status page.
        public var name: StaticString {
            switch self {
            case .hold: "hold"
            case .passThrough: "pass-through"
            }
        }
    }

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

/// One reading of both clocks.
///
/// Two are needed because neither is right by itself across a freeze: Lambda gives deadlines in wall time, which can be
/// set back; timers run on the monotonic clock, which may stand still or jump.
public struct ClockReading: Equatable, Sendable {
    /// Nanoseconds of the monotonic clock, since boot.
    public var monotonic: Int64
    /// Nanoseconds of the wall clock, since 1970.
    public var wall: Int64

    /// A reading of both clocks, in nanoseconds.
    public init(monotonic: Int64, wall: Int64) {
        self.monotonic = monotonic
        self.wall = wall
    }
}

extension Int64 {
    /// The sum, or the nearest value there is.
    func saturatingAdding(_ other: Int64) -> Int64 {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? (other < 0 ? .min : .max) : sum
    }

    /// The difference, or the nearest value there is.
    func saturatingSubtracting(_ other: Int64) -> Int64 {
        let (difference, overflow) = subtractingReportingOverflow(other)
        return overflow ? (other < 0 ? .max : .min) : difference
    }
}
