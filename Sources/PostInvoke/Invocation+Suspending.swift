#if !hasFeature(Embedded)
import Reactor

extension PostInvoke.Invocation {
    /// Registers a closure to run after the response; see ``PostInvoke/run(timeout:file:line:_:)``.
    public func run(
        timeout: Duration? = nil, file: StaticString = #fileID, line: UInt = #line,
        _ body: @escaping @Sendable () async throws -> Void
    ) {
        add(Closure(body: .suspending(body), timeout: timeout, file: file, line: line))
    }

    /// Runs the handler with this invocation as ``PostInvoke/current``.
    ///
    /// If nothing is to run after the handler, the hold is released when it returns, before the response is posted: an
    /// invocation without closures is not lengthened.
    ///
    /// It stays on the caller's executor, unless the handler is isolated elsewhere. The release blocks its thread only
    /// where the extension has not yet answered the release before, or does not answer, and no longer than for a few
    /// timeouts of a second.
    public nonisolated(nonsending) func handle<Output>(_ handler: () async throws -> Output) async rethrows -> Output {
        defer { releaseUnlessClosures() }
        return try await handleHolding(handler)
    }

    /// The same for a runtime of ours: the hold lasts until ``releaseUnlessClosures()``, or until the closures have ended.
    package nonisolated(nonsending) func handleHolding<Output>(
        _ handler: nonisolated(nonsending) () async throws -> Output
    ) async rethrows -> Output {
        do {
            return try await call(handler, isolatedTo: #isolation)
        } catch {
            handlerFailed()
            throw error
        }
    }

    /// A closure is isolated as its surroundings are only where it captures what they are isolated to.
    private func call<Output>(
        _ handler: nonisolated(nonsending) () async throws -> Output, isolatedTo isolation: isolated (any Actor)?
    ) async rethrows -> Output {
        try await CurrentInvocation.$value.withValue(self) {
            _ = isolation
            return try await handler()
        }
    }

    /// Runs the closures, the last one first, including those that they register themselves. Releases the hold when
    /// they and all that earlier invocations left over have ended.
    public func responseAccepted() async {
        if startsClosures() {
            await runClosures()
        } else {
            settle()
        }
    }

    /// Runs what ``startsClosures()`` has found, and releases the hold.
    package func runClosures() async {
        var share: HoldLedger.Share?
        await CurrentInvocation.$value.withValue(self) {
            while let closure = takeClosure(orShare: &share) { await run(closure) }
        }
        if let share = share.take() { share.close() }
    }

    /// Runs closures that came after all others had ended.
    func startRunningClosures() { Task { await runClosures() } }

    private func run(_ closure: Closure) async {
        let start: Instant? = observers.isEmpty ? nil : .now
        let outcome = await closure.run(until: cancellationLimit, requestID: requestID)
        if let start { observeEnd(of: closure, since: start, outcome) }
    }
}
#endif
