extension LambdaSandbox {
    /// The times, error and log of an invocation that has ended.
    public struct Report: Sendable {
        /// The time from START to END.
        public let duration: Duration
        /// The time that is paid for, in whole milliseconds: ``duration``, and the initialization before the first invocation.
        public let billedDuration: Duration
        /// The initialization before the invocation; nil where the environment was warm.
        public let initDuration: Duration?
        /// The time for which the environment stayed awake after the response; nil without one of the function.
        public let hold: Duration?
        /// The type of the error that the invocation ended with, which is another than the caller's where it came after
        /// the response; nil for none.
        public let errorType: String?
        /// The log from START to REPORT. On Managed Instances lines of other invocations may be among them.
        public let lines: [String]
    }
}
