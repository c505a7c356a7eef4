/// The code that runs for each event of a function that streams its responses: a function that writes, and what
/// surrounds it.
public struct LambdaStreamingHandler<Event>: Sendable {
    /// The function itself. An error it throws is reported to the caller of the Lambda function: as its answer, or, once
    /// something was written, as the reason why the response breaks off.
    public typealias Body = @Sendable (Event, LambdaResponseWriter, LambdaContext) async throws -> Void

    /// The code that surrounds an invocation, the reading of the event included: it calls the given closure once and
    /// throws what that threw.
    public typealias Surrounding = @Sendable (LambdaContext, () async throws -> Void) async throws -> Void

    let body: Body
    let surrounding: Surrounding?

    /// A handler with nothing around it.
    public init(_ body: @escaping Body) {
        self.body = body
        surrounding = nil
    }

    /// A handler inside `surrounding`, which sees also those invocations whose event cannot be read.
    public init(_ body: @escaping Body, surrounding: @escaping Surrounding) {
        self.body = body
        self.surrounding = surrounding
    }

    /// The handler of bytes that reads its event with the given function, within the same surrounding.
    public func coded(read: @escaping @Sendable ([UInt8]) throws -> Event) -> LambdaStreamingHandler<[UInt8]> {
        let body = body
        let coded: LambdaStreamingHandler<[UInt8]>.Body = { bytes, writer, context in
            try await body(read(bytes), writer, context)
        }
        guard let surrounding else { return LambdaStreamingHandler<[UInt8]>(coded) }
        return LambdaStreamingHandler<[UInt8]>(coded, surrounding: surrounding)
    }
}

extension LambdaStreamingHandler where Event == [UInt8] {
    /// Handles one event as the runtime does.
    ///
    /// - Throws: what the ``Surrounding`` throws; without one, what the ``Body`` throws.
    public func callAsFunction(
        _ event: [UInt8], _ writer: LambdaResponseWriter, _ context: LambdaContext
    ) async throws {
        guard let surrounding else { return try await body(event, writer, context) }
        try await surrounding(context) { try await body(event, writer, context) }
    }
}
