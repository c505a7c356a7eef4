extension PostInvoke {
    /// The end of a closure or of a hold, as it is reported to an observer; see ``PostInvoke/observe(_:)``.
    public enum Observation: Sendable {
        /// A closure has ended, in whatever way.
        case closureEnded(ClosureEnd)
        /// All work of an invocation is done, and its hold is about to be released.
        case holdEnded(HoldEnd)
    }

    /// The end of one closure of an invocation.
    public struct ClosureEnd: Sendable {
        /// The way in which a closure ended.
        public enum Outcome: Sendable {
            /// It returned.
            case returned
            /// It threw something other than `CancellationError`.
            case threw(Failure)
            /// It threw `CancellationError`, as `Task.sleep` does in a closure that is cancelled.
            case cancelled
        }

        /// The id of the invocation that registered the closure.
        public let requestID: String
        /// The file in which it was registered, as `#fileID` gives it.
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
        /// The time since the invocation began. It includes its handler, its closures and those that earlier
        /// invocations left over.
        public let duration: Duration
    }

    /// Calls `observer` at the end of each closure and of each hold, in invocations that begin from now on.
    ///
    /// The call comes before the hold is released, so that lines which the observer writes belong to the invocation.
    /// The observer should therefore be quick, and register a closure for slow work. It must not do that at the end of
    /// every closure: the end of the new one would register yet another, without end.
    ///
    /// At the end of a closure, ``current`` is that closure's invocation. Where nothing is held, as ``mode`` says, no
    /// end of a hold is observed.
    ///
    /// Several observers are called in the order in which they were added. They are called from any thread, under no
    /// lock. Without an observer nothing is measured.
    ///
    ///     postInvoke.observe { observation in
    ///         guard case .closureEnded(let closure) = observation else { return }
    ///         print("\(closure.file):\(closure.line) \(closure.outcome) after \(closure.duration)")
    ///     }
    ///
    /// <doc:HowItWorks> shows how to make metrics for CloudWatch of it.
    public func observe(_ observer: @escaping @Sendable (Observation) -> Void) { ledger.observe(observer) }
}
