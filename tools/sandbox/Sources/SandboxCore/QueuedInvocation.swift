/// An invocation that waits for its environment.
struct QueuedInvocation: Sendable {
    let invocation: Invocation
    let received: Moment
    /// True if it came while the environment started, whose workers are then on their way.
    var isEarly = false
}
