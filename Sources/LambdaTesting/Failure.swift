extension LambdaSandbox {
    /// Something that a test asked for and did not get: what that was, and the end of the log.
    public struct Failure: Error, Sendable, CustomStringConvertible {
        /// The reason in words, and the end of the log where a wait was in vain.
        public let description: String

        init(_ description: String) { self.description = description }
    }
}
