@preconcurrency import CLinux
import HostProcess
import LambdaAPI

/// Runs a Lambda function: takes events from the Runtime API, calls a handler, answers.
///
///     await LambdaRuntime.run { event, context in
///         [UInt8](#"{"size":\#(event.count)}"#.utf8)
///     }
///
/// One event is handled at a time. An error the handler throws is reported to the caller, and the next event is asked
/// for. When the Runtime API itself fails, one line on standard error says how, and the process exits with code 1.
public enum LambdaRuntime {
    /// Handles events with a function from bytes to bytes, for as long as the process lives.
    public static func run(
        _ handler: @escaping @Sendable ([UInt8], LambdaContext) async throws -> [UInt8]
    ) async -> Never {
        await run(LambdaHandler(handler))
    }

    /// Handles events for as long as the process lives.
    public static func run(_ handler: LambdaHandler<[UInt8], [UInt8]>) async -> Never {
        await run(setup: { handler })
    }

    /// Calls `setup` once, then handles events with what it returned, for as long as the process lives.
    ///
    /// An error that `setup` throws is reported to Lambda as the reason why the function cannot start (`/init/error`)
    /// and ends the process with code 1.
    public static func run(
        setup: @escaping @Sendable () async throws -> LambdaHandler<[UInt8], [UInt8]>
    ) async -> Never {
        await run { service in try await serve(service, setup: setup) }
    }

    /// Connects to the Runtime API and lives as `life` says; what ends that ends the process.
    static func run(_ life: (RuntimeService) async throws -> Never) async -> Never {
        writeLinesAtOnce()
        do {
            try await life(RuntimeService.start(LambdaEndpoint.fromEnvironment()))
        } catch {
            exit(after: error)
        }
    }

    /// The life of a function: set up, then event after event until the service fails.
    ///
    /// - Throws: what `setup` threw, once it was reported, or a ``RuntimeError``.
    package static func serve(
        _ service: RuntimeService, setup: () async throws -> LambdaHandler<[UInt8], [UInt8]>
    ) async throws -> Never {
        try await serve(service, setup: setup) { handler, event in try await handler(event.payload, event.context) }
    }

    /// The same for any kind of handler; `handle` has it handle one event and returns what is left to answer.
    static func serve<Handler>(
        _ service: RuntimeService, setup: () async throws -> Handler,
        handle: (Handler, RuntimeEvent) async throws -> [UInt8]
    ) async throws -> Never {
        let handler: Handler
        do {
            handler = try await setup()
        } catch {
            // The line on standard error is worth more than a second one that says that nobody listened.
            try? await service.initError(FunctionError(error))
            throw error
        }

        var trace = TraceVariable()
        var event = try await service.next()
        while true {
            trace.set(event.context.traceID)
            let outcome: Result<[UInt8], any Error>
            do {
                outcome = .success(try await handle(handler, event))
            } catch {
                outcome = .failure(error)
            }
            event = try await service.answer(answer(to: event.context, of: outcome), to: event.context)
        }
    }

    /// The answer to an invocation whose handler ended this way; a failure is logged too.
    static func answer(
        to context: LambdaContext, of outcome: Result<[UInt8], any Error>
    ) -> RuntimeService.Answer {
        switch outcome {
        case .success(let output): return .output(output)
        case .failure(let error):
            let error = FunctionError(error)
            log(.error, "the handler failed: \(error)", context)
            return .failure(error)
        }
    }

    /// Lambda collects lines from a pipe, for which the C library would keep them back by the kilobyte: they would
    /// appear an invocation late, or never.
    static func writeLinesAtOnce() { setvbuf(stdout, nil, _IOLBF, 0) }

    /// Ends the process because of an error that no event can be handled after.
    static func exit(after error: any Error) -> Never {
        log(.fatal, "\(error)")
        CLinux.exit(error is LambdaEndpointError ? LambdaEndpointError.exitCode : EXIT_FAILURE)
    }
}
