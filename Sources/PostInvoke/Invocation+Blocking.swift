import Reactor

// For runtimes that handle one event at a time, on a thread that they block.
extension PostInvoke.Invocation {
    /// Runs a handler that blocks its thread, with this invocation as ``PostInvoke/current``. The hold lasts until
    /// ``releaseUnlessClosures()``, or until the closures have ended.
    package func handleHoldingBlocking<Output, Failure: Error>(
        _ handler: () throws(Failure) -> Output
    ) throws(Failure) -> Output {
        do throws(Failure) {
            return try CurrentInvocation.with(self, handler)
        } catch {
            handlerFailed()
            throw error
        }
    }

    /// Runs what ``startsClosures()`` has found on the calling thread, the last closure first, including those that closures
    /// register. Releases the hold when they and all that earlier invocations left over have ended.
    package func runClosuresBlocking() {
        var share: HoldLedger.Share?
        CurrentInvocation.with(self) { while let closure = takeClosure(orShare: &share) { runBlocking(closure) } }
        if let share = share.take() { share.close() }
    }

    private func runBlocking(_ closure: Closure) {
        let start: Instant? = observers.isEmpty ? nil : .now
        let outcome = closure.runBlocking(until: cancellationLimit, requestID: requestID)
        if let start { observeEnd(of: closure, since: start, outcome) }
    }
}
