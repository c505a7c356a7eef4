extension HoldPolicy {
    /// The state of the extension between two inputs.
    public enum State: Equatable, Sendable {
        /// Next was asked, and no event has come.
        case polling
        /// An INVOKE has come, and Next waits for its work to be done.
        case holding(Hold)
        /// SHUTDOWN has come.
        case finished

        /// The word for a status page.
        public var name: StaticString {
            switch self {
            case .polling: "polling"
            case .holding: "holding"
            case .finished: "finished"
            }
        }

        /// The invocation that is held, or nil.
        public var hold: Hold? {
            guard case .holding(let hold) = self else { return nil }
            return hold
        }
    }

    /// An invocation that is held.
    public struct Hold: Equatable, Sendable {
        /// Which one.
        public let requestID: RequestID
        /// The time at which its INVOKE came, in nanoseconds of the monotonic clock.
        public let start: Int64
        /// The time at which the platform ends it, in nanoseconds of the wall clock; nil if that had passed already
        /// when its INVOKE came.
        public let deadline: Int64?
    }

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

    /// The counts of what has happened so far.
    ///
    /// Every INVOKE is counted once, in ``holds``, ``Releases/passThrough`` or ``early``; every hold that has ended once,
    /// in ``releases``; every done once, in ``Releases/done``, ``early``, ``stale`` or ``refused``, as soon as it is
    /// known whether it was of use.
    public struct Counters: Equatable, Sendable {
        /// Invocations that were held.
        public var holds: UInt64 = 0
        /// Invocations that were let go, by reason.
        public var releases = Releases()
        /// Invocations whose done came before them.
        public var early: UInt64 = 0
        /// Dones that were answered and had no effect: repeated, late, or for an invocation that never came.
        public var stale: UInt64 = 0
        /// Dones that were refused.
        public var refused: UInt64 = 0

        /// No event so far.
        public init() {}
    }

    /// Invocations that were let go, by reason.
    public struct Releases: Equatable, Sendable {
        /// Held until their work was done.
        public var done: UInt64 = 0
        /// Held until the last session closed.
        public var session: UInt64 = 0
        /// Held until their deadline was near.
        public var deadline: UInt64 = 0
        /// Held for as long as a hold may last.
        public var budget: UInt64 = 0
        /// Not held, because nobody would say that their work is done.
        public var passThrough: UInt64 = 0

        /// No event so far.
        public init() {}
    }
}
