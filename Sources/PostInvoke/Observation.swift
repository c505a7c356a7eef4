extension PostInvoke {
    /// What an observer is told; see ``PostInvoke/observe(_:)``.
    public enum Observation: Sendable {
        /// A closure has ended, in whatever way.
        case closureEnded(ClosureEnd)
        /// Everything an invocation had to do is done, and whoever holds it is about to hear of that.
        case holdEnded(HoldEnd)
    }

    /// The end of one closure of an invocation.
    public struct ClosureEnd: Sendable {
        /// How a closure ended.
        public enum Outcome: Sendable {
            /// It returned.
            case returned
            /// It threw something other than `CancellationError`.
            case threw(any Error)
            /// It threw `CancellationError`, as `Task.sleep` does in a closure that is cancelled.
            case cancelled
        }

        /// The id of the invocation that the closure was left by.
        public let requestID: String
        /// The file in which it was left, as `#fileID` gives it.
        public let file: StaticString
        /// The line there.
        public let line: UInt
        /// The time from its start to its end, by the monotonic clock, which may stand still in a freeze.
        public let duration: Duration
        /// The way it ended.
        public let outcome: Outcome
    }

    /// The end of an invocation's hold, as far as the function is concerned.
    public struct HoldEnd: Sendable {
        /// The id of the invocation.
        public let requestID: String
        /// The time since the invocation began, with its handler, its closures and those that earlier invocations left over.
        public let duration: Duration
    }

    /// Has `observer` told of each closure and each hold that ends, in invocations that begin from now on.
    ///
    /// Lines written by it belong to the invocation: it is called before the hold is released. So it should be quick, and
    /// what takes long be left to a closure, though not for each closure's end, or there would be no last one. For the
    /// end of a closure ``current`` is the closure's invocation. Several observers are called in the order they came.
    /// They are called from any thread, under no lock; without any nothing is measured. Where nothing is held (``mode``
    /// tells), no hold ends.
    ///
    ///     postInvoke.observe { observation in
    ///         guard case .closureEnded(let closure) = observation else { return }
    ///         print("\(closure.file):\(closure.line) \(closure.outcome) after \(closure.duration)")
    ///     }
    ///
    /// <doc:HowItWorks> makes metrics for CloudWatch of it.
    public func observe(_ observer: @escaping @Sendable (Observation) -> Void) { holder.observe(observer) }
}
