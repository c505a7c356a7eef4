#if !hasFeature(Embedded)
import Reactor

// Other runtimes, swift-aws-lambda-runtime above all: generic over their types, so that none of them is needed here.
extension PostInvoke {
    /// Makes a handler, for any runtime, whose invocations can register closures to run after their response.
    ///
    ///     let runtime = LambdaRuntime(body: postInvoke.wrap(requestID: \.requestID) {
    ///         (order: Order, context: LambdaContext) in
    ///         PostInvoke.run { print("shipping \(order.id)") }
    ///         return Receipt(total: 3)
    ///     })
    ///
    /// Such a runtime does not report when the caller has the response. The closures start when the handler has
    /// returned, while the response is being sent. If they must start after it, use
    /// ``respond(requestID:traceID:tenantID:remainingTime:runOnError:through:_:)``.
    ///
    /// The returned function fits runtimes with and without the upcoming feature `NonisolatedNonsendingByDefault`
    /// (`nonisolated(nonsending)`), and those that handle several events at a time (`@Sendable`). The handler itself is
    /// not `nonisolated(nonsending)`: where the runtime is built without that feature, it could not call the methods of
    /// a writer that is not `Sendable`.
    ///
    /// - Parameters:
    ///   - requestID: returns the invocation's id, from the runtime's context.
    ///   - traceID: returns its X-Ray trace header.
    ///   - tenantID: returns the tenant of a function with tenant isolation.
    ///   - remainingTime: returns the time left until the deadline; nil where it is not known.
    ///   - runOnError: true if closures also run after a handler that threw.
    ///   - body: the handler.
    public func wrap<Event, Context, Output>(
        requestID: @escaping @Sendable (Context) -> String,
        traceID: @escaping @Sendable (Context) -> String? = { _ in nil },
        tenantID: @escaping @Sendable (Context) -> String? = { _ in nil },
        remainingTime: @escaping @Sendable (Context) -> Duration? = { _ in nil },
        runOnError: Bool = true,
        _ body: @escaping @Sendable (Event, Context) async throws -> Output
    ) -> nonisolated(nonsending) @Sendable (Event, Context) async throws -> Output {
        { event, context in
            let input = HandedOver((event, context))
            let invocation = begin(
                requestID: requestID(context), traceID: traceID(context), tenantID: tenantID(context),
                deadline: Self.deadline(in: remainingTime(context)), runOnError: runOnError)
            return try await finish(invocation) {
                HandedOver(try await body(input.value.0, input.value.1))
            }.value
        }
    }

    /// The same for a handler that writes its response as a stream and returns when it has finished the stream.
    ///
    ///     let runtime = LambdaRuntime(body: postInvoke.wrap(requestID: \.requestID) {
    ///         (event: ByteBuffer, response: any LambdaResponseStreamWriter, context: LambdaContext) in
    ///         PostInvoke.run { print("after the last byte") }
    ///         try await response.writeAndFinish(event)
    ///     })
    ///
    /// - Parameters:
    ///   - requestID: returns the invocation's id, from the runtime's context.
    ///   - traceID: returns its X-Ray trace header.
    ///   - tenantID: returns the tenant of a function with tenant isolation.
    ///   - remainingTime: returns the time left until the deadline; nil where it is not known.
    ///   - runOnError: true if closures also run after a handler that threw.
    ///   - body: the handler.
    public func wrap<Event, Writer, Context, Output>(
        requestID: @escaping @Sendable (Context) -> String,
        traceID: @escaping @Sendable (Context) -> String? = { _ in nil },
        tenantID: @escaping @Sendable (Context) -> String? = { _ in nil },
        remainingTime: @escaping @Sendable (Context) -> Duration? = { _ in nil },
        runOnError: Bool = true,
        _ body: @escaping @Sendable (Event, Writer, Context) async throws -> Output
    ) -> nonisolated(nonsending) @Sendable (Event, Writer, Context) async throws -> Output {
        { event, writer, context in
            let input = HandedOver((event, writer, context))
            let invocation = begin(
                requestID: requestID(context), traceID: traceID(context), tenantID: tenantID(context),
                deadline: Self.deadline(in: remainingTime(context)), runOnError: runOnError)
            return try await finish(invocation) {
                HandedOver(try await body(input.value.0, input.value.1, input.value.2))
            }.value
        }
    }

    /// Handles one invocation, and sends its response through `send`: closures start once it has been sent, and this
    /// method returns when they have ended.
    ///
    /// It is for handlers that continue after their response, such as swift-aws-lambda-runtime's
    /// `LambdaWithBackgroundProcessingHandler`:
    ///
    ///     func handle(
    ///         _ order: Order, outputWriter: some LambdaResponseWriter<Receipt>, context: LambdaContext
    ///     ) async throws {
    ///         try await postInvoke.respond(
    ///             requestID: context.requestID, through: { try await outputWriter.write($0) }
    ///         ) {
    ///             PostInvoke.run { print("strictly after the response") }
    ///             return Receipt(total: 3)
    ///         }
    ///     }
    ///
    /// - Parameters:
    ///   - requestID: the invocation's id.
    ///   - traceID: its X-Ray trace header; nil if there is none.
    ///   - tenantID: the tenant of a function with tenant isolation; nil for any other.
    ///   - remainingTime: the time left until its deadline; nil if that is not known.
    ///   - runOnError: true if closures also run after a handler that threw.
    ///   - send: sends the response and returns when the service has it.
    ///   - handler: makes the response.
    /// - Throws: what `handler` or `send` threw. The runtime has yet to report that, so the closures start beside it
    ///   and are not awaited.
    public nonisolated(nonsending) func respond<Output>(
        requestID: String, traceID: String? = nil, tenantID: String? = nil, remainingTime: Duration? = nil,
        runOnError: Bool = true,
        through send: (Output) async throws -> Void, _ handler: () async throws -> Output
    ) async throws {
        let invocation = begin(
            requestID: requestID, traceID: traceID, tenantID: tenantID, deadline: Self.deadline(in: remainingTime),
            runOnError: runOnError)
        do {
            let output = try await invocation.handle { HandedOver(try await handler()) }
            try await send(output.value)
        } catch {
            await startClosures(of: invocation)
            throw error
        }
        await invocation.responseAccepted()
    }

    /// Handles an invocation for a runtime that does not report when the response has been accepted.
    package nonisolated(nonsending) func finish<Output>(
        _ invocation: Invocation, _ handler: () async throws -> Output
    ) async throws -> Output {
        do {
            let output = try await invocation.handle(handler)
            await startClosures(of: invocation)
            return output
        } catch {
            await startClosures(of: invocation)
            throw error
        }
    }

    /// Starts the closures. Where there is no Lambda to give them time, waits for them.
    ///
    /// Where there are none, nobody comes back after the response to see what has become of the release, so that is looked at
    /// here: an extension that had ended the connection before, as in a freeze, is told once more. It costs one read that does
    /// not wait.
    private nonisolated(nonsending) func startClosures(of invocation: Invocation) async {
        guard invocation.startsClosures() else { return invocation.settle() }
        guard mode != .local else { return await invocation.runClosures() }
        Task { await invocation.runClosures() }
    }

    private static func deadline(in remainingTime: Duration?) -> Int64? {
        remainingTime.map { WallClock.milliseconds + $0.clampedNanoseconds / 1_000_000 }
    }
}

/// A value that goes from one task to a function which that task waits for, or back. Nobody else has it meanwhile.
private struct HandedOver<Value>: @unchecked Sendable {
    let value: Value

    init(_ value: Value) { self.value = value }
}
#endif
