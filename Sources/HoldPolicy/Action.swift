extension HoldPolicy {
    /// The reaction to an input. A request is answered with `200` first, then the action is carried out; the one
    /// exception is ``refuse``.
    public enum Action: Equatable, Sendable {
        /// Nothing.
        case nothing
        /// Ask for Next now: there is nothing to wait for.
        case next(NextReason)
        /// Wait. Set the one timer to this instant, in nanoseconds of the monotonic clock, in place of any earlier one; the last
        /// instant there is stands for none.
        case hold(until: Int64)
        /// Ask for Next now, and cancel the timer: the hold is over.
        case release(Release)
        /// Answer the request with `403` and do nothing else; a timer stays as it is.
        case refuse
        /// Exit at once.
        case exit

        /// True if it is ``refuse``.
        package var isRefusal: Bool {
            if case .refuse = self { return true }
            return false
        }
    }

    /// Why an INVOKE was not held.
    public enum NextReason: Equatable, Sendable {
        /// Nobody would say that its work is done.
        case passThrough
        /// Its done came before it.
        case early
    }

    /// The end of a hold.
    public struct Release: Equatable, Sendable {
        /// Which invocation was held.
        public let requestID: RequestID
        /// The time at which its INVOKE came, in nanoseconds of the monotonic clock.
        public let start: Int64
        /// Why it was let go.
        public let reason: ReleaseReason

        /// For how long it was held, in nanoseconds, by that clock's reading now; never negative.
        public func heldNanoseconds(at now: Int64) -> Int64 { max(0, now.saturatingSubtracting(start)) }
    }

    /// Why a hold ended.
    public enum ReleaseReason: Equatable, Sendable {
        /// Its work is done.
        case done
        /// The last session closed: the runtime is gone.
        case session
        /// The deadline is near.
        case deadline
        /// It lasted as long as ``HoldPolicy/Settings/maximumHold`` allows.
        case budget

        /// The word for a log.
        public var name: StaticString {
            switch self {
            case .done: "done"
            case .session: "session"
            case .deadline: "deadline"
            case .budget: "budget"
            }
        }
    }

    /// The way in which an invocation came to its end.
    public enum Ending: Equatable, Sendable {
        /// It was held and let go.
        case released(ReleaseReason)
        /// It was not held.
        case notHeld(NextReason)
    }
}
