#if hasFeature(Embedded)
/// The invocation whose handler or closure is running.
enum CurrentInvocation {
    // There is one thread.
    private(set) nonisolated(unsafe) static var value: PostInvoke.Invocation?

    /// Makes an invocation the current one while `body` runs.
    static func with<Output, Failure: Error>(
        _ invocation: PostInvoke.Invocation, _ body: () throws(Failure) -> Output
    ) throws(Failure) -> Output {
        let outer = value
        value = invocation
        defer { value = outer }
        return try body()
    }
}

extension PostInvoke.Invocation {
    /// Runs closures that came after all others had ended.
    func startRunningClosures() { runClosuresBlocking() }
}
#endif
