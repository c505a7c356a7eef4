#if !hasFeature(Embedded)
extension PostInvoke {
    /// Makes a handler whose invocations can leave closures to run after their response.
    ///
    /// The closures start when the Runtime API has accepted the response, or the error of a handler that threw. An
    /// invocation that leaves none is over with its response.
    ///
    /// - Parameters:
    ///   - runOnError: whether closures run also after a handler that threw, or whose event could not be read.
    ///   - body: the handler: of bytes, or of any types that the runtime's overlay can read and write.
    public func wrap<Event, Output>(
        runOnError: Bool = true, _ body: @escaping @Sendable (Event, LambdaContext) async throws -> Output
    ) -> LambdaHandler<Event, Output> {
        LambdaHandler(body) { context, handle in try await surround(context, runOnError: runOnError, handle) }
    }

    /// Makes a streaming handler whose invocations can leave closures to run after their response.
    ///
    /// The closures start when the Runtime API has accepted the response's end, also of one that broke off, or the error
    /// of a handler that threw before it wrote anything.
    ///
    /// - Parameters:
    ///   - runOnError: whether closures run also after a handler that threw, or whose event could not be read.
    ///   - body: the handler: of bytes, or of any type that the runtime's overlay can read.
    public func wrapStreaming<Event>(
        runOnError: Bool = true, _ body: @escaping LambdaStreamingHandler<Event>.Body
    ) -> LambdaStreamingHandler<Event> {
        LambdaStreamingHandler(body) { context, handle in
            try await surround(context, runOnError: runOnError, handle)
        }
    }

    private func surround<Output>(
        _ context: LambdaContext, runOnError: Bool, _ handle: () async throws -> Output
    ) async throws -> Output {
        let deadline = context.deadline == .distantFuture ? nil : context.deadline.millisecondsSince1970
        let invocation = begin(
            requestID: context.requestID, traceID: context.traceID, tenantID: context.tenantID, deadline: deadline,
            runOnError: runOnError)
        guard mode != .local || context.runsHooksAnywhere, context.record.hooks.tell(invocation) else {
            return try await finish(invocation, handle)
        }
        return try await invocation.handleHolding(handle)
    }
}

extension PostInvoke.Invocation: ResponseHooks.Observer {
    package func takeWork() -> ResponseHooks.Work? {
        guard startsClosures() else {
            releaseUnlessClosures()
            return nil
        }
        return .suspending { await self.runClosures() }
    }

    package func lookBack() { settle() }
}
#endif
