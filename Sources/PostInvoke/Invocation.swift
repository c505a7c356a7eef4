import HostProcess
import Reactor

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
        let observers: [HoldLedger.Observer]
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
    /// Registers a closure that awaits nothing, to run after the response; see ``PostInvoke/run(file:line:_:)``.
    public func run(
        file: StaticString = #fileID, line: UInt = #line,
        _ body: @escaping @Sendable () throws(PostInvoke.Failure) -> Void
    ) { add(Closure(body: .blocking(body), timeout: nil, file: file, line: line)) }

    func add(_ closure: Closure) {
        let startsNow = state.withLock { state in
            state.stack.append(closure)
            if state.share == nil { state.share = ledger.reopen() }
            guard state.isAnswered, !state.isRunning else { return false }
            state.isRunning = true
            return true
        }
        if startsNow { startRunningClosures() }
    }

    /// The time left until the invocation's deadline, never negative; nil when the runtime gave no deadline.
    public var remainingTime: Duration? {
        deadline.map { .milliseconds(max(0, $0 - WallClock.milliseconds)) }
    }

    /// The handler has ended: releases the hold, if no closure is to run. Nothing waits for the extension's answer, which
    /// ``settle()`` looks for.
    package func releaseUnlessClosures() {
        let share: HoldLedger.Share? = state.withLock { $0.stack.isEmpty ? $0.share.take() : nil }
        if let share { share.close(awaitingAnswer: false) }
    }

    /// The service has the response.
    ///
    /// - Returns: true if there are closures, for which the caller must call ``runClosures()``; false if nothing is left
    ///   to do but to ``releaseUnlessClosures()``, if that has not been, and to ``settle()``.
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

    /// The handler has failed.
    func handlerFailed() { if !runOnError { state.withLock { $0.stack.removeAll() } } }

    /// Reports the end of a closure that began at `start`.
    func observeEnd(of closure: Closure, since start: Instant, _ outcome: PostInvoke.ClosureEnd.Outcome) {
        let end = PostInvoke.ClosureEnd(
            requestID: requestID, file: closure.file, line: closure.line, duration: .now - start, outcome: outcome)
        for observer in observers { observer(.closureEnded(end)) }
    }

    /// The closure on top of the stack; nil when there is none left, and the share is the caller's to close.
    func takeClosure(orShare share: inout HoldLedger.Share?) -> Closure? {
        state.withLock { state in
            if let closure = state.stack.popLast() { return closure }
            state.isRunning = false
            share = state.share.take()
            return nil
        }
    }

    /// The time for which a closure that starts now may run: until shortly before the deadline. One that starts later
    /// continues in the next invocation, and this deadline does not apply to it.
    var cancellationLimit: Duration? {
        guard let left = remainingTime.map({ $0 - PostInvoke.deadlineMargin }), left > .zero else { return nil }
        return left
    }
}
