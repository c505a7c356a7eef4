@preconcurrency import CLinux
import HostProcess
import LambdaAPI

extension LambdaRuntime {
    /// Handles events on the calling thread, for as long as the process lives: no task, no other thread, no executor.
    ///
    ///     LambdaRuntime.runBlocking { event, context in
    ///         [UInt8](#"{"size":\#(event.count)}"#.utf8)
    ///     }
    ///
    /// For functions that have nothing to await. The handler may block; nothing else waits for its thread. Work that it
    /// leaves by ``LambdaContext/afterResponse(_:)`` still runs as tasks.
    ///
    /// Errors are dealt with as ``LambdaRuntime`` says: those of the handler are reported to the caller, those of the
    /// Runtime API end the process with code 1.
    public static func runBlocking(_ handler: ([UInt8], LambdaContext) throws -> [UInt8]) -> Never {
        writeLinesAtOnce()
        do {
            try serveBlocking(LambdaEndpoint.fromEnvironment(), handler)
        } catch {
            exit(after: error)
        }
    }

    /// Event after event until the service fails.
    ///
    /// - Throws: a ``RuntimeError``, or the ``Errno`` of an event loop that could not be had.
    package static func serveBlocking(
        _ endpoint: LambdaEndpoint, _ handler: ([UInt8], LambdaContext) throws -> [UInt8]
    ) throws -> Never {
        let calls = try BlockingCalls(endpoint)
        var trace = TraceVariable()
        while true {
            let event = try calls.result { $0.next($1) }
            let context = event.context
            trace.set(context.traceID)
            do {
                switch answer(to: context, of: Result { try handler(event.payload, context) }) {
                case .output(let bytes):
                    try calls.result { client, completion in
                        bytes.withByteView { client.response(context.requestID, body: $0, completion: completion) }
                    }
                case .failure(let error):
                    try calls.result { $0.error(context.requestID, error, completion: $1) }
                }
            } catch let error as RuntimeError where error.concernsOneInvocation {
                log(.error, "\(error)", context)
            }
            context.responseHooks.start()
        }
    }
}

/// The Runtime API as calls that block their thread: the loop is run until the answer is there.
private struct BlockingCalls {
    private let loop: EventLoop
    private let client: RuntimeClient

    init(_ endpoint: LambdaEndpoint) throws(Errno) {
        loop = try EventLoop()
        client = RuntimeClient(loop: loop, endpoint: endpoint)
    }

    /// Makes a call and waits for its result.
    func result<Value>(
        of call: (RuntimeClient, @escaping (Result<Value, RuntimeError>) -> Void) -> Void
    ) throws -> Value {
        var result: Result<Value, RuntimeError>?
        call(client) { result = $0 }
        while true {
            if let result { return try result.get() }
            try loop.runOnce()
        }
    }
}
