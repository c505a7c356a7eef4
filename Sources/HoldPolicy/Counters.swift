extension HoldPolicy {
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
