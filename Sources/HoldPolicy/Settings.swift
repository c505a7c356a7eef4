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

        /// Holds until 50 ms before the deadline, unless told otherwise.
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
    }
}
