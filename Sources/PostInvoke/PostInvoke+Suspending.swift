#if !hasFeature(Embedded)
extension PostInvoke {
    /// Registers a closure to run after the response of the invocation that is being handled. Call it anywhere below a
    /// wrapped handler, or below such a closure, in its task or a child task.
    ///
    /// Closures run one after another, the last one registered first. If one throws, that is logged with the place
    /// where it was registered, and the others still run. A closure that a closure registers runs next.
    ///
    /// Shortly before the invocation's deadline the running closure is cancelled: `Task.isCancelled` becomes true, and
    /// `Task.sleep` throws. A closure that keeps running continues in the next invocation, which is held open until it
    /// has ended.
    ///
    /// Traps outside of an invocation; use ``current`` where that may happen.
    ///
    /// - Parameters:
    ///   - timeout: cancels the closure after that time, if it has not ended.
    ///   - file: the file where the closure is registered, for the log.
    ///   - line: the line there.
    ///   - body: the closure.
    public static func run(
        timeout: Duration? = nil, file: StaticString = #fileID, line: UInt = #line,
        _ body: @escaping @Sendable () async throws -> Void
    ) { presentInvocation(file, line).run(timeout: timeout, file: file, line: line, body) }

    /// Runs `body` when the environment shuts down, before the process exits.
    ///
    /// Closures run one after another, the last one registered first, however many parts of a program register some.
    /// They have 250 ms in all: Lambda kills the process at 300 ms. If one throws, that is logged, and the others still
    /// run. Then the process exits with code 0.
    ///
    /// The first call takes over SIGTERM, which Lambda sends because the extension is there. A handler that was
    /// installed before is called first. A handler that is installed later, as by a `ServiceGroup` of ServiceLifecycle,
    /// is noticed when the next invocation begins, and is called too. It then has the same 250 ms to end the process in
    /// its own way. If it takes the signal for itself, the closures run when the process exits; a program that wants to
    /// choose the moment calls ``shutdown()``.
    ///
    /// - Parameters:
    ///   - file: the file where the closure is registered, for the log.
    ///   - line: the line there.
    ///   - body: the closure.
    public func onShutdown(
        file: StaticString = #fileID, line: UInt = #line, _ body: @escaping @Sendable () async throws -> Void
    ) {
        Shutdown.shared.add(Closure(body: .suspending(body), timeout: nil, file: file, line: line))
    }

    /// Runs the closures of ``onShutdown(file:line:_:)`` now, and returns when they have ended, however long that
    /// takes.
    ///
    /// This is for programs that handle SIGTERM themselves. A closure that has run here does not run again at SIGTERM.
    public static func shutdown() async { await Shutdown.shared.drain() }
}
#endif
