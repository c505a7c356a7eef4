#if !hasFeature(Embedded)
/// The code that runs for each event: a function from event and context to output, and the middleware around it.
public struct LambdaHandler<Event, Output>: Sendable {
    /// The function itself. An error it throws is reported to the caller of the Lambda function.
    public typealias Body = @Sendable (Event, LambdaContext) async throws -> Output

    /// The code around an invocation from its bytes to its answer, the reading of the event and the writing of the output
    /// included: it calls the given closure once and returns or throws what that returned or threw.
    public typealias Middleware = @Sendable (LambdaContext, () async throws -> [UInt8]) async throws -> [UInt8]

    let body: Body
    let middleware: Middleware

    /// A handler inside `middleware`, which also sees invocations whose event cannot be read.
    public init(_ body: @escaping Body, middleware: @escaping Middleware = { try await $1() }) {
        self.body = body
        self.middleware = middleware
    }

    /// The handler of bytes that reads its event and writes its output with the given functions, within the same middleware.
    public func coded(
        read: @escaping @Sendable ([UInt8]) throws -> Event, write: @escaping @Sendable (Output) throws -> [UInt8]
    ) -> LambdaHandler<[UInt8], [UInt8]> {
        // Not captured by a list: a closure with one is not called on its caller's executor (Swift 6.3.1).
        let body = body
        return LambdaHandler<[UInt8], [UInt8]>(
            { bytes, context in try await write(body(read(bytes), context)) }, middleware: middleware)
    }
}

extension LambdaHandler where Event == [UInt8], Output == [UInt8] {
    /// Handles one event as the runtime does.
    ///
    /// - Throws: what the ``Middleware`` throws; without one, what the ``Body`` throws.
    public func callAsFunction(_ event: [UInt8], _ context: LambdaContext) async throws -> [UInt8] {
        try await middleware(context) { try await body(event, context) }
    }
}
#endif
