import LambdaRuntime

extension LambdaRuntime {
    /// Handles JSON events with a function from one Swift type to another, for as long as the process lives.
    ///
    /// A String is written as a JSON string, with its quotation marks. An event that cannot be read is reported to the
    /// caller as a `DecodingError`.
    public static func run<Event: Decodable & SendableMetatype, Output: Encodable & SendableMetatype>(
        coding: JSONCoding = JSONCoding(),
        _ handler: @escaping @Sendable (Event, LambdaContext) async throws -> Output
    ) async -> Never {
        await run(LambdaHandler(handler), coding: coding)
    }

    /// Handles JSON events, for as long as the process lives.
    public static func run<Event: Decodable & SendableMetatype, Output: Encodable & SendableMetatype>(
        _ handler: LambdaHandler<Event, Output>, coding: JSONCoding = JSONCoding()
    ) async -> Never {
        await run(handler.bytes(coding))
    }

    /// Calls `setup` once, then handles JSON events with what it returned; see `run(setup:)` for bytes.
    public static func run<Event: Decodable & SendableMetatype, Output: Encodable & SendableMetatype>(
        coding: JSONCoding = JSONCoding(), setup: @escaping @Sendable () async throws -> LambdaHandler<Event, Output>
    ) async -> Never {
        await run(setup: { () async throws -> LambdaHandler<[UInt8], [UInt8]> in try await setup().bytes(coding) })
    }
}

// A closure of a single expression fits a function that returns nothing, whatever the expression's value is. Under the same
// name, handlers that return nothing would take those whose output cannot be encoded, and answer `null`.
extension LambdaRuntime {
    /// Handles JSON events with a function that returns nothing, for as long as the process lives. The caller sees
    /// `null`.
    ///
    /// An event that cannot be read is reported to the caller as a `DecodingError`.
    public static func consume<Event: Decodable & SendableMetatype>(
        coding: JSONCoding = JSONCoding(), _ handler: @escaping @Sendable (Event, LambdaContext) async throws -> Void
    ) async -> Never {
        await consume(LambdaHandler(handler), coding: coding)
    }

    /// Handles JSON events with a handler that returns nothing, for as long as the process lives.
    public static func consume<Event: Decodable & SendableMetatype>(
        _ handler: LambdaHandler<Event, Void>, coding: JSONCoding = JSONCoding()
    ) async -> Never {
        await run(handler.bytesAnsweringNull(coding))
    }

    /// Calls `setup` once, then handles JSON events with the handler it returned, which itself returns nothing; see
    /// `run(setup:)` for bytes.
    public static func consume<Event: Decodable & SendableMetatype>(
        coding: JSONCoding = JSONCoding(), setup: @escaping @Sendable () async throws -> LambdaHandler<Event, Void>
    ) async -> Never {
        await run(
            setup: { () async throws -> LambdaHandler<[UInt8], [UInt8]> in try await setup().bytesAnsweringNull(coding)
            })
    }
}

// For the compiler's message: it names what is missing, where it would else speak of overloads.
extension LambdaRuntime {
    /// Refuses a handler whose output cannot be written.
    @available(*, unavailable, message: "the output must be Encodable; if there is none, use LambdaRuntime.consume")
    public static func run<Event: Decodable & SendableMetatype, Output>(
        coding: JSONCoding = JSONCoding(), _ handler: @escaping @Sendable (Event, LambdaContext) async throws -> Output
    ) async -> Never { fatalError() }

    /// Refuses a handler whose output cannot be written.
    @available(*, unavailable, message: "the output must be Encodable; if there is none, use LambdaRuntime.consume")
    public static func run<Event: Decodable & SendableMetatype, Output>(
        _ handler: LambdaHandler<Event, Output>, coding: JSONCoding = JSONCoding()
    ) async -> Never { fatalError() }

    /// Refuses a handler whose output cannot be written.
    @available(*, unavailable, message: "the output must be Encodable; if there is none, use LambdaRuntime.consume")
    public static func run<Event: Decodable & SendableMetatype, Output>(
        coding: JSONCoding = JSONCoding(), setup: @escaping @Sendable () async throws -> LambdaHandler<Event, Output>
    ) async -> Never { fatalError() }
}

extension LambdaHandler where Event: Decodable & SendableMetatype, Output: Encodable & SendableMetatype {
    /// The same handler for JSON in bytes.
    public func bytes(_ coding: JSONCoding = JSONCoding()) -> LambdaHandler<[UInt8], [UInt8]> {
        coded(read: { try coding.read($0) }, write: { try coding.write($0) })
    }
}

extension LambdaHandler where Event: Decodable & SendableMetatype, Output == Void {
    /// The same handler for JSON in bytes; its output is `null`.
    public func bytesAnsweringNull(_ coding: JSONCoding = JSONCoding()) -> LambdaHandler<[UInt8], [UInt8]> {
        coded(read: { try coding.read($0) }, write: { _ in [UInt8]("null".utf8) })
    }
}
