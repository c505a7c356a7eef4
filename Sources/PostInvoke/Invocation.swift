import Reactor
import Synchronization

extension PostInvoke {
    /// An invocation in progress, and the stack of closures that are to run after its response.
    ///
    /// The code that connects PostInvoke to a runtime calls, in this order,
    /// ``PostInvoke/begin(requestID:traceID:tenantID:deadline:runOnError:)``, ``handle(_:)`` around the handler, and
    /// ``responseAccepted()`` when the service has the response or error. Invocations may overlap: the closures of each
    /// run one after another, and do not wait for those of another invocation.
    public final class Invocation: Sendable {
        /// The invocation's id.
        public let requestID: String
        /// The X-Ray trace header of the invocation, such as `Root=1-5759e988-...;Parent=...;Sampled=1`; nil where the
        /// runtime gave none.
        public let traceID: String?
        /// The tenant of a function with tenant isolation; nil where the runtime gave none.
        public let tenantID: String?
        private let deadline: Int64?
        private let runOnError: Bool
        private let ledger: HoldLedger
        private let observers: [HoldLedger.Observer]
        private let state: Mutex<State>

        private struct State: ~Copyable {
            var stack: [Closure] = []
            /// The share that has the environment held; nil when nothing is left to do.
            var share: HoldLedger.Share?
            var isAnswered = false
            var isRunning = false

            init(share: consuming HoldLedger.Share) { self.share = consume share }
        }

        /// Begins it with the ledger, too.
        init(
            requestID: String, traceID: String?, tenantID: String?, deadline: Int64?, runOnError: Bool,
            ledger: HoldLedger
        ) {
            self.requestID = requestID
            self.traceID = traceID
            self.tenantID = tenantID
            self.deadline = deadline
            self.runOnError = runOnError
            self.ledger = ledger
            observers = ledger.observers
            state = Mutex(State(share: ledger.begin(requestID)))
        }
    }
}

extension PostInvoke.Invocation {
    /// Registers a closure to run after the response; see ``PostInvoke/run(timeout:file:line:_:)``.
    public func run(
        timeout: Duration? = nil, file: StaticString = #fileID, line: UInt = #line,
        _ body: @escaping @Sendable () async throws -> Void
    ) {
        let closure = Closure(body: body, timeout: timeout, file: file, line: line)
        let startsNow = state.withLock { state in
            state.stack.append(closure)
            if state.share == nil { state.share = ledger.reopen() }
            guard state.isAnswered, !state.isRunning else { return false }
            state.isRunning = true
            return true
        }
        if startsNow { Task { await runClosures() } }
    }

    /// The time left until the invocation's deadline, never negative; nil when the runtime gave no deadline.
    public var remainingTime: Duration? {
        deadline.map { .milliseconds(max(0, $0 - WallClock.milliseconds)) }
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
        defer { responseWritten() }
        return try await handleHolding(handler)
    }

    /// The same for a runtime that says when it has written the response: the hold lasts until ``responseWritten()``.
    package nonisolated(nonsending) func handleHolding<Output>(
        _ handler: () async throws -> Output
    ) async rethrows -> Output {
        do {
            return try await CurrentInvocation.$value.withValue(self, operation: handler)
        } catch {
            if !runOnError { state.withLock { $0.stack.removeAll() } }
            throw error
        }
    }

    /// The response is on its way: releases the hold, if no closure is to run. Nothing waits for the extension's answer,
    /// which ``settle()`` looks for.
    package func responseWritten() {
        let share: HoldLedger.Share? = state.withLock { $0.stack.isEmpty ? $0.share.take() : nil }
        if let share { share.close(awaitingAnswer: false) }
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

    /// The service has the response.
    ///
    /// - Returns: true if there are closures, for which the caller must call ``runClosures()``; false if nothing is left
    ///   to do but to ``settle()``.
    package func startsClosures() -> Bool {
        state.withLock { state in
            state.isAnswered = true
            guard !state.stack.isEmpty, !state.isRunning else { return false }
            state.isRunning = true
            return true
        }
    }

    /// Looks, without waiting, what has become of a release whose answer nobody waited for, and makes it once more where it
    /// was lost: for an invocation without closures, once the service has its response.
    package func settle() { ledger.settle() }

    /// Runs what ``startsClosures()`` has found, and releases the hold.
    package func runClosures() async {
        var share: HoldLedger.Share?
        await CurrentInvocation.$value.withValue(self) {
            while let closure = takeClosure(orShare: &share) { await run(closure) }
        }
        if let share = share.take() { share.close() }
    }

    /// The closure on top of the stack; nil when there is none left, and the share is the caller's to close.
    private func takeClosure(orShare share: inout HoldLedger.Share?) -> Closure? {
        state.withLock { state in
            if let closure = state.stack.popLast() { return closure }
            state.isRunning = false
            share = state.share.take()
            return nil
        }
    }

    private func run(_ closure: Closure) async {
        let start: Instant? = observers.isEmpty ? nil : .now
        let outcome = await closure.run(until: cancellationLimit, requestID: requestID)
        guard let start else { return }
        let end = PostInvoke.ClosureEnd(
            requestID: requestID, file: closure.file, line: closure.line, duration: .now - start, outcome: outcome)
        for observer in observers { observer(.closureEnded(end)) }
    }

    /// The time for which a closure that starts now may run: until shortly before the deadline. One that starts later
    /// continues in the next invocation, and this deadline does not apply to it.
    private var cancellationLimit: Duration? {
        guard let left = remainingTime.map({ $0 - PostInvoke.deadlineMargin }), left > .zero else { return nil }
        return left
    }
}

/// The invocation whose handler or closure is running in the present task.
enum CurrentInvocation {
    @TaskLocal static var value: PostInvoke.Invocation?
}
