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
}
