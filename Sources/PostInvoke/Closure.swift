import LambdaAPI

/// Deferred work, and the place where it was registered.
struct Closure: Sendable {
    /// Work that blocks its thread, or, in ordinary Swift, suspends its task.
    enum Body: Sendable {
        case blocking(@Sendable () throws(PostInvoke.Failure) -> Void)
        case suspending(SuspendingWork)
    }

    let body: Body
    /// The time that it may run before it is cancelled; nil for no limit of its own.
    let timeout: Duration?
    let file: StaticString
    let line: UInt

    /// Runs the closure to its end on the calling thread, and logs what it throws.
    ///
    /// - Parameters:
    ///   - left: the time until shortly before the invocation's deadline, which cancels work that suspends; nil if that does not
    ///     matter.
    ///   - requestID: the invocation that registered it; nil for one that belongs to none.
    @discardableResult
    func runBlocking(until left: Duration?, requestID: String?) -> PostInvoke.ClosureEnd.Outcome {
        switch body {
        case .blocking(let work):
            switch Result(catching: work) {
            case .success: .returned
            case .failure(let error): outcome(of: error, cause: "", requestID: requestID)
            }
        case .suspending(let work): runBlocking(work, until: left, requestID: requestID)
        }
    }
}
