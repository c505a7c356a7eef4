#if hasFeature(Embedded)
extension PostInvoke {
    /// The error of a closure: there is none, as there is no type for any error.
    public typealias Failure = Never
}

extension Closure {
    /// There is none.
    typealias SuspendingWork = Never

    func runBlocking(_ work: Never, until left: Duration?, requestID: String?) -> PostInvoke.ClosureEnd.Outcome {}
    func outcome(of error: Never, cause: String, requestID: String?) -> PostInvoke.ClosureEnd.Outcome {}
}
#endif
