import Hold
import HostProcess

/// Work that goes on after the response.
///
/// Connect once, when the function starts. In a wrapped handler, ``run(timeout:file:line:_:)`` leaves closures that run
/// once the caller has the response, while the environment is held open for them: by the extension in the Lambda layer,
/// or as ``mode`` says.
public struct PostInvoke: Sendable {
    /// The way in which time is found for the closures.
    public let mode: Mode
    let ledger: HoldLedger

    /// The time before the deadline at which a closure still running is cancelled. The extension lets go of the
    /// invocation shortly before the deadline, by default 50 ms; a closure that heeds its cancellation at once ends
    /// before that.
    package static let deadlineMargin: Duration = {
        let settings = (try? FunctionEnvironment.ofProcess.holdSettings()) ?? HoldPolicy.Settings()
        return .nanoseconds(settings.deadlineMargin) + .milliseconds(50)
    }()

    package init(ledger: HoldLedger, mode: Mode = .layer) {
        self.ledger = ledger
        self.mode = mode
    }

    /// Leaves a closure to run after the response of the invocation that is being handled, anywhere below a wrapped
    /// handler or a closure in its task or a child task.
    ///
    /// Closures run one after another, the last one left first. What one throws is logged with the place it was
    /// registered at, and the others run. One left by a closure runs next. Shortly before the invocation's deadline the
    /// closure that is running is cancelled, as `Task.isCancelled` shows; a closure that keeps running continues in the
    /// next invocation, which stays open until it has ended.
    ///
    /// Traps outside of an invocation; use ``current`` where that may be.
    ///
    /// - Parameters:
    ///   - timeout: cancels the closure after that time, if it has not ended.
    ///   - file: where the closure is left, for the log.
    ///   - line: the line there.
    ///   - body: the closure.
    public static func run(
        timeout: Duration? = nil, file: StaticString = #fileID, line: UInt = #line,
        _ body: @escaping @Sendable () async throws -> Void
    ) {
        guard let current else {
            fatalError(
                "PostInvoke.run outside of a wrapped handler: there is no response to wait for. "
                    + "Call it within postInvoke.wrap, or use PostInvoke.current?.run where both may be.",
                file: file, line: line)
        }
        current.run(timeout: timeout, file: file, line: line, body)
    }

    /// The invocation being handled, or whose closure is running, in this task; nil outside of any.
    ///
    /// Its ids are what a closure sends along to have its work correlated with the invocation's:
    ///
    ///     PostInvoke.run { try await audit.send(rows, trace: PostInvoke.current?.traceID) }
    public static var current: Invocation? { CurrentInvocation.value }

    /// The time left until the present invocation's deadline, never negative; nil outside of any invocation and where
    /// the runtime gave no deadline.
    public static var remainingTime: Duration? { current?.remainingTime }

    /// Begins an invocation; for those who join PostInvoke to a runtime.
    ///
    /// - Parameters:
    ///   - requestID: the id with which the end of all work is reported to the extension.
    ///   - traceID: the X-Ray trace header; nil if there is none.
    ///   - tenantID: the tenant of a function with tenant isolation; nil for any other.
    ///   - deadline: when Lambda will end the invocation, in milliseconds since 1970; nil if that is not known.
    ///   - runOnError: whether closures run also after a handler that threw.
    public func begin(
        requestID: String, traceID: String? = nil, tenantID: String? = nil, deadline: Int64? = nil,
        runOnError: Bool = true
    ) -> Invocation {
        // Who installed a handler of SIGTERM meanwhile, mostly did so when the program began to run.
        Termination.shared.stepInFront()
        return Invocation(
            requestID: requestID, traceID: traceID, tenantID: tenantID, deadline: deadline, runOnError: runOnError,
            ledger: ledger)
    }

    /// Runs `body` when the environment shuts down, before the process exits.
    ///
    /// Closures run one after another, the last one registered first, however many parts of a program register some.
    /// They have 250 ms in all: Lambda kills the process at 300 ms. What one throws is logged, and the others run. Then
    /// the process exits with code 0.
    ///
    /// The first call takes over SIGTERM, which Lambda sends because the extension is there. A handler that was installed for it
    /// before is called first. One that is installed later, as by a `ServiceGroup` of ServiceLifecycle, is noticed when the
    /// next invocation begins, and called too; whoever installed it then has the 250 ms as well to end the process in its
    /// own way. When such a one takes the signal for itself, the closures run when the process exits; ``shutdown()`` is for
    /// programs that want to say when.
    ///
    /// - Parameters:
    ///   - file: where the closure is registered, for the log.
    ///   - line: the line there.
    ///   - body: the closure.
    public func onShutdown(
        file: StaticString = #fileID, line: UInt = #line, _ body: @escaping @Sendable () async throws -> Void
    ) {
        Shutdown.shared.add(Closure(body: body, timeout: nil, file: file, line: line))
    }

    /// Runs the closures of ``onShutdown(file:line:_:)`` now, and returns when they have ended, however long that takes.
    ///
    /// For programs that take SIGTERM themselves. A closure runs once: what has run here does not run at SIGTERM again.
    public static func shutdown() async { await Shutdown.shared.drain() }
}
