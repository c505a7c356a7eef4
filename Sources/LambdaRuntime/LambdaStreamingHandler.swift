#if !hasFeature(Embedded)
/// The code that runs for each event of a function that streams its responses: a function that writes, and the
/// middleware around it.
public struct LambdaStreamingHandler<Event>: Sendable {
    /// The function itself. An error it throws is reported to the caller of the Lambda function: as its answer, or, once
    /// something was written, as the reason why the response breaks off.
    public typealias Body = @Sendable (Event, LambdaResponseWriter, LambdaContext) async throws -> Void

    /// The code around an invocation, the reading of the event included: it calls the given closure once and throws what
    /// that threw.
    public typealias Middleware = @Sendable (LambdaContext, () async throws -> Void) async throws -> Void

    let body: Body
    let middleware: Middleware

    /// A handler inside `middleware`, which also sees invocations whose event cannot be read.
    public init(_ body: @escaping Body, middleware: @escaping Middleware = { try await $1() }) {
        self.body = body
        self.middleware = middleware
    }

    /// The handler of bytes that reads its event with the given function, within the same middleware.
    public func coded(read: @escaping @Sendable ([UInt8]) throws -> Event) -> LambdaStreamingHandler<[UInt8]> {
        // As in LambdaHandler.
        let body = body
        return LambdaStreamingHandler<[UInt8]>(
            { bytes, writer, context in try await body(read(bytes), writer, context) }, middleware: middleware)
    }
}

extension LambdaStreamingHandler where Event == [UInt8] {
    /// Handles one event as the runtime does.
    ///
    /// - Throws: what the ``Middleware`` throws; without one, what the ``Body`` throws.
    public func callAsFunction(
        _ event: [UInt8], _ writer: LambdaResponseWriter, _ context: LambdaContext
    ) async throws {
        try await middleware(context) { try await body(event, writer, context) }
    }
}
#endif
