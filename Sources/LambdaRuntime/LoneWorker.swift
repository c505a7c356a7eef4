#if !hasFeature(Embedded)
import HostProcess
import LambdaAPI

/// The worker of an environment that gives one event at a time: an actor on a thread of its own, where the handler runs, too.
///
/// While the Runtime API is asked there is nothing to handle, so the thread may wait in the call: from event to response no
/// other thread has to be woken, which would take longer than all the rest.
actor LoneWorker: ResponseSink {
    private let thread = JobThread()
    private let calls: BlockingCalls
    /// The response to the present event, if it is streamed, from the first byte on.
    private var stream: ResponseStream?

    /// Starts the thread.
    ///
    /// - Parameter termination: stops the asking for events, and waits for the one under way and what it leaves behind.
    init(_ endpoint: LambdaEndpoint, _ termination: Termination?) throws(Errno) {
        calls = try BlockingCalls(endpoint, termination)
    }

    nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

    /// Handles event after event until the service fails, or the termination asks for the end.
    ///
    /// - Parameter handle: has the handler handle an event, and returns what is left to answer.
    /// - Throws: a ``RuntimeError``, or the `Errno` of an event loop that cannot wait.
    func serve<Handler: Sendable>(
        _ handler: Handler, _ handle: @Sendable (Handler, RuntimeEvent, any ResponseSink) async throws -> [UInt8]
    ) async throws {
        defer { calls.close() }
        var trace = TraceVariable()
        var last: EventRecord?
        while let event = try calls.next(after: last) {
            let context = event.context
            trace.set(context)
            let outcome: Result<[UInt8], any Error>
            do {
                outcome = .success(try await handle(handler, event, self))
            } catch {
                outcome = .failure(error)
            }
            context.record.end()
            // Others may be at writing still: they must hear before the thread waits.
            while context.record.isBeingWritten { await Task.yield() }
            try calls.answer(Answer(to: context, of: outcome), to: context, over: stream.take())
            last = context.record
        }
    }

    /// Makes a call of another kind and waits for its result.
    func result<Value: Sendable>(
        of call: @Sendable (RuntimeClient, @escaping (Result<Value, RuntimeError>) -> Void) -> Void
    ) throws -> Value {
        try calls.result(of: call)
    }

    func write(_ bytes: [UInt8], _ kind: StreamPiece.Kind, of context: LambdaContext) throws {
        let stream = stream ?? calls.openResponse(to: context, contentType: kind.contentType)
        self.stream = stream
        try calls.write(bytes, kind, to: stream)
    }

    /// Ends the thread. No call may be under way.
    func stop() { thread.stop() }
}
#endif
