extension LambdaSandbox {
    /// A phase in the life of an environment.
    public enum State: Sendable {
        /// No process runs: before the start, after a reset until the next invocation, and at the end.
        case stopped
        /// The processes start, or are being restored from their snapshot.
        case starting
        /// An invocation is being handled, or work after its response goes on.
        case invoking
        /// Everybody waits for an event, and stands still until the next invocation.
        case frozen
        /// The same on Managed Instances, where nothing is frozen.
        case idle
        /// The processes are being ended.
        case stopping
    }
}
