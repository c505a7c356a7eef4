import LambdaRuntime

extension LambdaRuntime {
    /// Handles JSON events with a function that writes its response over time, for as long as the process lives.
    ///
    /// An event that cannot be read is reported to the caller as a `DecodingError`.
    public static func runStreaming<Event: Decodable & SendableMetatype>(
        coding: JSONCoding = JSONCoding(),
        _ handler: @escaping @Sendable (Event, LambdaResponseWriter, LambdaContext) async throws -> Void
    ) async -> Never {
        await runStreaming(LambdaStreamingHandler(handler), coding: coding)
    }

    /// Handles JSON events, for as long as the process lives.
    public static func runStreaming<Event: Decodable & SendableMetatype>(
        _ handler: LambdaStreamingHandler<Event>, coding: JSONCoding = JSONCoding()
    ) async -> Never {
        await runStreaming(handler.bytes(coding))
    }

    /// Calls `setup` once, then handles JSON events with what it returned; see `runStreaming(setup:)` for bytes.
    public static func runStreaming<Event: Decodable & SendableMetatype>(
        coding: JSONCoding = JSONCoding(),
        setup: @escaping @Sendable () async throws -> LambdaStreamingHandler<Event>
    ) async -> Never {
        await runStreaming(
            setup: { () async throws -> LambdaStreamingHandler<[UInt8]> in try await setup().bytes(coding) })
    }
}

extension LambdaStreamingHandler where Event: Decodable & SendableMetatype {
    /// The same handler for JSON in bytes.
    public func bytes(_ coding: JSONCoding = JSONCoding()) -> LambdaStreamingHandler<[UInt8]> {
        coded(read: { try coding.read($0) })
    }
}
