import HostProcess
import LambdaAPI
import Synchronization

/// The Runtime API as calls that block their thread until the answer is there.
struct BlockingCalls {
    let endpoint: LambdaEndpoint
    let termination: Termination?
    private let loop: EventLoop
    private let client: RuntimeClient
    private let end: EndRequest?

    /// - Parameter termination: ends the wait for an event, and waits itself until these calls are closed.
    init(_ endpoint: LambdaEndpoint, _ termination: Termination?) throws(Errno) {
        self.endpoint = endpoint
        self.termination = termination
        loop = try EventLoop()
        client = RuntimeClient(loop: loop, endpoint: endpoint)
        end = termination.map { EndRequest($0) }
        guard let end else { return }
        let waker = try loop.waker()
        end.termination.whenAsked {
            end.make()
            waker.wake()
        }
    }

    /// No call is made any more.
    func close() {
        client.close()
        end?.granted()
    }

    /// Waits for an event; nil when none is to be taken any more.
    func next() throws -> RuntimeEvent? {
        guard let end else { return try result { $0.next($1) } }
        guard !end.isMade else { return nil }
        var result: Result<RuntimeEvent, RuntimeError>?
        client.next { result = $0 }
        while result == nil, !end.isMade { try loop.runOnce() }
        return try result?.get()
    }

    /// Gives the answer to an event. Once it was accepted, or refused for good, the work starts that was left for then.
    ///
    /// - Parameter stream: what there is of the response, if it is streamed.
    func answer(_ answer: Answer, to context: LambdaContext, over stream: ResponseStream? = nil) throws {
        do {
            try result(whenWritten: { context.record.hooks.responseWritten() }) { client, completion in
                switch answer {
                case .output(let bytes):
                    if let stream { return stream.finish(nil, completion: completion) }
                    bytes.withByteView { client.response(to: context, body: $0, completion: completion) }
                case .failure(let error):
                    if let stream { return stream.finish(error, completion: completion) }
                    client.error(error, of: context, completion: completion)
                }
            }
        } catch let error as RuntimeError where error.concernsOneInvocation {
            log(.error, "\(error)", context)
        }
        context.record.hooks.start(countedBy: termination)
    }

    /// Begins a response that is streamed.
    func openResponse(to context: LambdaContext, contentType: String) -> ResponseStream {
        ResponseStream(client, context, contentType: contentType)
    }

    /// Writes a piece of such a response, to its last byte.
    func write(_ bytes: [UInt8], _ kind: StreamPiece.Kind, to stream: ResponseStream) throws {
        // Nobody has looked since the last piece whether the service refuses the rest.
        try loop.runOnce(until: .now)
        var result: Result<Void, any Error>?
        stream.write(bytes, kind) { result = $0 }
        while result == nil || stream.isUnsent { try loop.runOnce() }
        try result?.get()
    }

    /// Makes a call and waits for its result.
    ///
    /// - Parameter whenWritten: called when the kernel has the whole request, if that is before the result.
    func result<Value>(
        whenWritten: (() -> Void)? = nil,
        of call: (RuntimeClient, @escaping (Result<Value, RuntimeError>) -> Void) -> Void
    ) throws -> Value {
        var whenWritten = whenWritten
        var result: Result<Value, RuntimeError>?
        call(client) { result = $0 }
        while true {
            if let result { return try result.get() }
            if client.http.hasWritten { whenWritten.take()?() }
            // A termination that wants an end wakes the loop alone.
            if end != nil || !client.http.readBlocking() { try loop.runOnce() }
        }
    }
}

/// The termination's wish that a thread of ours comes to an end, which it waits for.
private final class EndRequest: Sendable {
    let termination: Termination
    private let made = Atomic(false)

    init(_ termination: Termination) { self.termination = termination }

    var isMade: Bool { made.load(ordering: .acquiring) }

    func make() {
        termination.begin()
        made.store(true, ordering: .releasing)
    }

    func granted() { if isMade { termination.end() } }
}
