import Hold
import HostProcess

/// Work that a function does after its response.
///
/// Connect once, when the function starts. In a wrapped handler, ``run(timeout:file:line:_:)`` registers closures that
/// run once the caller has the response. The environment is held open for them: by the extension in the Lambda layer,
/// or as ``mode`` says.
public struct PostInvoke: Sendable {
    /// The way in which time is found for the closures.
    public let mode: Mode
    let ledger: HoldLedger

    /// The time before the deadline at which a closure that still runs is cancelled. The extension releases the
    /// invocation shortly before the deadline, 50 ms by default; a closure that heeds its cancellation at once ends
    /// before that.
    package static let deadlineMargin: Duration = {
        let settings = (try? FunctionEnvironment.ofProcess.holdSettings()) ?? HoldPolicy.Settings()
        return .nanoseconds(settings.deadlineMargin) + .milliseconds(50)
    }()

    package init(ledger: HoldLedger, mode: Mode = .layer) {
        self.ledger = ledger
        self.mode = mode
    }

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
    /// A closure can send its ids along, so that its work is correlated with the invocation's:
    ///
    ///     PostInvoke.run { try await audit.send(rows, trace: PostInvoke.current?.traceID) }
    public static var current: Invocation? { CurrentInvocation.value }

    /// The time left until the present invocation's deadline, never negative; nil outside of any invocation and where
    /// the runtime gave no deadline.
    public static var remainingTime: Duration? { current?.remainingTime }

    /// Begins an invocation, for code that connects PostInvoke to a runtime.
    ///
    /// - Parameters:
    ///   - requestID: the id with which the end of all work is reported to the extension.
    ///   - traceID: the X-Ray trace header; nil if there is none.
    ///   - tenantID: the tenant of a function with tenant isolation; nil for any other.
    ///   - deadline: the time when Lambda will end the invocation, in milliseconds since 1970; nil if it is not known.
    ///   - runOnError: true if closures also run after a handler that threw.
    public func begin(
        requestID: String, traceID: String? = nil, tenantID: String? = nil, deadline: Int64? = nil,
        runOnError: Bool = true
    ) -> Invocation {
        // A handler of SIGTERM that was installed meanwhile mostly came when the program began to run.
        Termination.shared.stepInFront()
        return Invocation(
            requestID: requestID, traceID: traceID, tenantID: tenantID, deadline: deadline, runOnError: runOnError,
            ledger: ledger)
    }

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
        Shutdown.shared.add(Closure(body: body, timeout: nil, file: file, line: line))
    }

    /// Runs the closures of ``onShutdown(file:line:_:)`` now, and returns when they have ended, however long that
    /// takes.
    ///
    /// This is for programs that handle SIGTERM themselves. A closure that has run here does not run again at SIGTERM.
    public static func shutdown() async { await Shutdown.shared.drain() }
}
