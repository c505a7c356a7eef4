/// The code that runs for each event: a function from event and context to output, and what surrounds it.
public struct LambdaHandler<Event, Output>: Sendable {
    /// The function itself. An error it throws is reported to the caller of the Lambda function.
    public typealias Body = @Sendable (Event, LambdaContext) async throws -> Output

    /// The code that surrounds an invocation from its bytes to its answer, the reading of the event and the writing of
    /// the output included: it calls the given closure once and returns or throws what that returned or threw.
    public typealias Surrounding = @Sendable (LambdaContext, () async throws -> [UInt8]) async throws -> [UInt8]

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

    /// The handler of bytes that reads its event and writes its output with the given functions, within the same
    /// surrounding.
    public func coded(
        read: @escaping @Sendable ([UInt8]) throws -> Event, write: @escaping @Sendable (Output) throws -> [UInt8]
    ) -> LambdaHandler<[UInt8], [UInt8]> {
        let body = body
        let coded: LambdaHandler<[UInt8], [UInt8]>.Body = { bytes, context in
            try await write(body(read(bytes), context))
        }
        guard let surrounding else { return LambdaHandler<[UInt8], [UInt8]>(coded) }
        return LambdaHandler<[UInt8], [UInt8]>(coded, surrounding: surrounding)
    }
}

extension LambdaHandler where Event == [UInt8], Output == [UInt8] {
    /// Handles one event as the runtime does.
    ///
    /// - Throws: what the ``Surrounding`` throws; without one, what the ``Body`` throws.
    public func callAsFunction(_ event: [UInt8], _ context: LambdaContext) async throws -> [UInt8] {
        guard let surrounding else { return try await body(event, context) }
        return try await surrounding(context) { try await body(event, context) }
    }
}
