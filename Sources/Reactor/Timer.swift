extension EventLoop {
    /// A one-shot timer, made once and armed as often as one likes; arming and cancelling allocate nothing.
    ///
    /// Made by ``EventLoop/makeTimer(_:)``. The loop keeps an armed timer alive; a timer kept longer than its
    /// loop never fires.
    public final class Timer {
        private let queue: TimerQueue
        let handler: () -> Void
        /// The timer's place in the loop's heap; -1 while it is not armed.
        var place = -1

        init(queue: TimerQueue, handler: @escaping () -> Void) {
            self.queue = queue
            self.handler = handler
        }

        /// True if the timer will fire.
        public var isArmed: Bool { place >= 0 }

        /// Makes the timer fire once, not before `deadline`; an armed timer is moved.
        ///
        /// A deadline that has passed fires in the loop's next timer phase, never inside this call.
        public func arm(at deadline: Instant) { queue.arm(self, at: deadline) }

        /// Makes the timer fire once, not before `duration` from now.
        public func arm(after duration: Duration) { arm(at: .now + duration) }

        /// Makes the timer not fire; nothing happens when it is not armed.
        public func cancel() { queue.cancel(self) }
    }
}
