#if !hasFeature(Embedded)
import HostProcess
import LambdaAPI

/// Runs a Lambda function: takes events from the Runtime API, calls a handler, answers.
///
///     await LambdaRuntime.run { event, context in
///         [UInt8](#"{"size":\#(event.count)}"#.utf8)
///     }
///
/// An error the handler throws is reported to the caller, and the next event is asked for. When the Runtime API itself
/// fails, one line on standard error says how, and the process exits with code 1.
///
/// A function that is started by hand handles one event: that of its option `--event FILE`, or of standard input. It prints the
/// response, runs what was left for after it and ends, with code 1 if the handler failed.
///
/// A handler runs on the thread that takes its event and sends its response, so that no other one has to be woken: it stays there
/// unless it is isolated elsewhere, as to an actor. Child tasks and tasks of its own run on the global executor.
///
/// One event is handled at a time, but for Managed Instances: there as many as `AWS_LAMBDA_MAX_CONCURRENCY` says (1 to
/// 4,096), in as many tasks on all cores, of which each has its own context. Only ``runBlocking(_:)`` handles one at a time
/// there, too. What fails then is one worker's alone: a broken connection, or a refused call for the next event, after which
/// it comes back with growing pauses, logged once; when nobody listens any more, the process ends as ever. At SIGTERM
/// no further event is taken there, and handlers and the work they leave have 300 ms to end before the process exits with
/// code 0. The trace header is in the context alone, not in the environment, which is everybody's.
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
        await run { service in
            try await serve(service, setup: setup)
        } byHand: {
            try await StartByHand.handle(setup) { handler, event, _ in try await handler(event.payload, event.context) }
        }
    }

    /// Connects to the Runtime API and lives as `life` says, or as `handle` does where there is no Lambda; what ends that ends
    /// the process.
    static func run(
        _ life: (RuntimeService) async throws -> Void, byHand handle: () async throws -> Never
    ) async -> Never {
        StandardOutput.writeLinesAtOnce()
        do {
            if StartByHand.isOne { try await handle() }
            let concurrency = try Concurrency.fromEnvironment()
            if let limit = DescriptorLimit.raise(forConnections: concurrency.workers) {
                log(
                    .warn,
                    "\(concurrency.workers) events at a time need more than the \(limit) descriptors there may be")
            }
            let service = try await RuntimeService.start(
                LambdaEndpoint.fromEnvironment(), concurrency, termination: concurrency.isManaged ? .shared : nil)
            try await life(service)
        } catch {
            exit(after: error)
        }
        // No event is taken any more.
        await waitForTermination()
    }

    /// Leaves the thread to others until the termination ends the process, once what runs has ended.
    static func waitForTermination() async -> Never {
        while true { await withUnsafeContinuation { (_: UnsafeContinuation<Void, Never>) in } }
    }

    /// The life of a function of bytes; see ``live(_:setup:handle:)``.
    package static func serve(
        _ service: RuntimeService, through snapshot: Snapshot? = .ofProcess,
        setup: () async throws -> LambdaHandler<[UInt8], [UInt8]>
    ) async throws {
        try await live(service, through: snapshot, setup: setup) { handler, event, _ in
            try await handler(event.payload, event.context)
        }
    }

    /// The life of a function with any kind of handler: set up, then event after event until the service fails, or until
    /// the process is to end.
    ///
    /// - Parameters:
    ///   - snapshot: the one that the function goes through once it is set up.
    ///   - handle: has the handler handle an event, whose response may be written to the sink, and returns what is left to
    ///     answer.
    /// - Throws: what `setup` threw, once it was reported, or a ``RuntimeError``.
    static func live<Handler: Sendable>(
        _ service: RuntimeService, through snapshot: Snapshot? = .ofProcess, setup: () async throws -> Handler,
        handle: @escaping @Sendable (Handler, RuntimeEvent, any ResponseSink) async throws -> [UInt8]
    ) async throws {
        let handler = try await setUp(service, setup)
        switch service.workers {
        case .one(let worker):
            try await snapshot?.pass(worker, at: service.endpoint)
            // Only now, so that a handler of SIGTERM that the setup installed is called, too.
            service.termination?.watch { log(.warn, $0) }
            try await worker.serve(handler, handle)
        case .pool(let thread):
            service.termination?.watch { log(.warn, $0) }
            let lanes = (0..<service.concurrency.workers).map { RuntimeLane(thread: thread, number: $0) }
            try await serve(lanes, handler, handle)
        }
    }

    private static func setUp<Handler>(
        _ service: RuntimeService, _ setup: () async throws -> Handler
    ) async throws -> Handler {
        do {
            return try await setup()
        } catch {
            // The line on standard error is worth more than a second one that says that nobody listened.
            try? await service.initError(FunctionError(error))
            throw error
        }
    }

    /// Serves all lanes at once, each in a task of its own; the first one that fails ends that for all.
    private static func serve<Handler: Sendable>(
        _ lanes: [RuntimeLane], _ handler: Handler,
        _ handle: @escaping @Sendable (Handler, RuntimeEvent, any ResponseSink) async throws -> [UInt8]
    ) async throws {
        // Not a task group: it would wait for the handlers that run when a lane fails.
        let (ends, end) = AsyncThrowingStream.makeStream(of: Void.self)
        for lane in lanes {
            Task {
                do {
                    try await serve(lane, handler, handle)
                    end.yield()
                } catch {
                    end.finish(throwing: error)
                }
            }
        }
        var left = lanes.count
        for try await _ in ends {
            left -= 1
            if left == 0 { return }
        }
    }

    /// Serves one lane, event after event.
    private static func serve<Handler>(
        _ lane: RuntimeLane, _ handler: Handler,
        _ handle: (Handler, RuntimeEvent, any ResponseSink) async throws -> [UInt8]
    ) async throws {
        var next = try await lane.next()
        while let event = next {
            let outcome: Result<[UInt8], any Error>
            do {
                outcome = .success(try await handle(handler, event, lane))
            } catch {
                outcome = .failure(error)
            }
            next = try await lane.answer(Answer(to: event.context, of: outcome), to: event.context)
        }
    }

    /// Ends the process because of an error that no event can be handled after.
    static func exit(after error: any Error) -> Never {
        if let error = error as? EndingError { error.endProcess() }
        exit(
            "\(error)", isSetting: error is SettingError,
            meansNoService: (error as? RuntimeError)?.meansNoService ?? false)
    }
}
#endif
