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
        // Lambda collects lines from a pipe, for which the C library would keep them back by the kilobyte: they would
        // appear an invocation late, or never.
        setvbuf(stdout, nil, _IOLBF, 0)
        do {
            let service = try await RuntimeService.start(LambdaEndpoint.fromEnvironment())
            try await serve(service, setup: setup)
        } catch {
            StandardError.write("lambda-runtime: \(error)")
            exit(error is SettingError ? SettingError.exitCode : EXIT_FAILURE)
        }
    }

    /// The life of a function: set up, then event after event until the service fails.
    ///
    /// - Throws: what `setup` threw, once it was reported, or a ``RuntimeError``.
    package static func serve(
        _ service: RuntimeService, setup: () async throws -> LambdaHandler<[UInt8], [UInt8]>
    ) async throws -> Never {
        let handler: LambdaHandler<[UInt8], [UInt8]>
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
            let answer: RuntimeService.Answer
            do {
                answer = .output(try await handler(event.payload, event.context))
            } catch {
                let error = FunctionError(error)
                StandardError.write("lambda-runtime: \(event.context.requestID): the handler failed: \(error)")
                answer = .failure(error)
            }
            event = try await service.answer(answer, to: event.context)
        }
    }
}
