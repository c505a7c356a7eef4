#if !hasFeature(Embedded)
/// The invocation whose handler or closure is running in the present task, or in code of none on the present thread.
enum CurrentInvocation {
    @TaskLocal static var value: PostInvoke.Invocation?

    /// Makes an invocation the current one while `body` runs.
    static func with<Output, Failure: Error>(
        _ invocation: PostInvoke.Invocation, _ body: () throws(Failure) -> Output
    ) throws(Failure) -> Output {
        try $value.withValue(invocation) { Result(catching: body) }.get()
    }
}
#endif
