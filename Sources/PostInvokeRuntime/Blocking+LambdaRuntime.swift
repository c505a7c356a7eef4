extension PostInvoke.Blocking {
    /// Makes a handler for `LambdaRuntime.runBlocking` whose invocations can leave closures to run after their response.
    ///
    /// The closures run when the Runtime API has accepted the response, or the error of a handler that threw. An
    /// invocation that leaves none is over with its response.
    ///
    /// - Parameters:
    ///   - runOnError: whether closures run also after a handler that threw.
    ///   - body: the handler.
    public func wrap(
        runOnError: Bool = true,
        _ body: @escaping ([UInt8], LambdaContext) throws(LambdaRuntime.HandlerFailure) -> [UInt8]
    ) -> ([UInt8], LambdaContext) throws(LambdaRuntime.HandlerFailure) -> [UInt8] {
        { (event, context) throws(LambdaRuntime.HandlerFailure) in
            let deadline = context.deadline == .distantFuture ? nil : context.deadline.millisecondsSince1970
            let invocation = postInvoke.begin(
                requestID: context.requestID, traceID: context.traceID, tenantID: context.tenantID, deadline: deadline,
                runOnError: runOnError)
            let isTold = context.record.hooks.tell(ResponseObserver(invocation))
            precondition(isTold, "an event is handled once its response was sent")
            return try invocation.handleHoldingBlocking { () throws(LambdaRuntime.HandlerFailure) in
                try body(event, context)
            }
        }
    }
}

/// Tells an invocation of its response. Its closures run on the thread that knows of that.
private final class ResponseObserver: ResponseHooks.Observer {
    private let invocation: PostInvoke.Invocation

    init(_ invocation: PostInvoke.Invocation) { self.invocation = invocation }

    func takeWork() -> ResponseHooks.Work? {
        guard invocation.startsClosures() else {
            invocation.releaseUnlessClosures()
            return nil
        }
        return .blocking { [invocation] in invocation.runClosuresBlocking() }
    }

    func lookBack() { invocation.settle() }
}
