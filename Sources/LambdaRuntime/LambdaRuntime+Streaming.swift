#if !hasFeature(Embedded)
extension LambdaRuntime {
    /// Handles events with a function that writes its response over time, for as long as the process lives.
    ///
    ///     await LambdaRuntime.runStreaming { event, writer, context in
    ///         writer.contentType = "text/plain"
    ///         for number in 1...10 { try await writer.write("\(number)\n") }
    ///     }
    ///
    /// The caller can read along if it invoked the function for that (a function URL in the mode `RESPONSE_STREAM`, or
    /// `InvokeWithResponseStream`). Otherwise it gets the whole response at its end.
    public static func runStreaming(
        _ handler: @escaping @Sendable ([UInt8], LambdaResponseWriter, LambdaContext) async throws -> Void
    ) async -> Never {
        await runStreaming(LambdaStreamingHandler(handler))
    }

    /// Handles events for as long as the process lives.
    public static func runStreaming(_ handler: LambdaStreamingHandler<[UInt8]>) async -> Never {
        await runStreaming(setup: { handler })
    }

    /// Calls `setup` once, then handles events with what it returned, for as long as the process lives; see
    /// ``run(setup:)``.
    public static func runStreaming(
        setup: @escaping @Sendable () async throws -> LambdaStreamingHandler<[UInt8]>
    ) async -> Never {
        await run { service in
            try await serve(service, streaming: setup)
        } byHand: {
            try await StartByHand.handle(setup) { handler, event, printout in
                try await handler(event.payload, printout.writer(), event.context)
                return []
            }
        }
    }

    /// The life of a function that streams; see ``live(_:setup:handle:)``.
    package static func serve(
        _ service: RuntimeService, streaming setup: () async throws -> LambdaStreamingHandler<[UInt8]>
    ) async throws {
        try await live(service, setup: setup) { handler, event, sink in
            try await handler(event.payload, LambdaResponseWriter(sink, event.context), event.context)
            return []
        }
    }
}
#endif
