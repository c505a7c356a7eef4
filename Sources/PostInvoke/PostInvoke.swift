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
    /// wrapped handler, or below such a closure.
    ///
    /// Closures run one after another, the last one registered first. If one throws, that is logged with the place
    /// where it was registered, and the others still run. A closure that a closure registers runs next.
    ///
    /// This one is for closures that await nothing: they are not cancelled, and under ``Blocking`` they run on the function's own
    /// thread. In Embedded Swift, which has no other, they throw nothing.
    ///
    /// Traps outside of an invocation; use ``current`` where that may happen.
    ///
    /// - Parameters:
    ///   - file: the file where the closure is registered, for the log.
    ///   - line: the line there.
    ///   - body: the closure.
    public static func run(
        file: StaticString = #fileID, line: UInt = #line, _ body: @escaping @Sendable () throws(Failure) -> Void
    ) { presentInvocation(file, line).run(file: file, line: line, body) }

    /// The invocation that a closure is registered in, at this place.
    static func presentInvocation(_ file: StaticString, _ line: UInt) -> Invocation {
        guard let current else {
            fatalError(
                "PostInvoke.run outside of a wrapped handler: there is no response to wait for. "
                    + "Call it within postInvoke.wrap, or use PostInvoke.current?.run where both may be.",
                file: file, line: line)
        }
        return current
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
}
