#if !hasFeature(Embedded)
extension LambdaContext {
    /// Runs `work` once the Runtime API has accepted this invocation's response or error.
    ///
    /// The runtime starts each piece of work as a task of its own and does not wait for it: it asks for the next event
    /// at once. This alone gives the work no time, since Lambda may freeze the environment as soon as everyone waits
    /// for the next event; an extension that holds the invocation open gives that time. Work that is added after the
    /// response was accepted starts at once.
    public func afterResponse(_ work: @escaping @Sendable () async -> Void) { record.hooks.add(.suspending(work)) }
}
#endif
