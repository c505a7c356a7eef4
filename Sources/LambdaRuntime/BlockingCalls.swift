import HostProcess
import LambdaAPI
import Synchronization

/// The Runtime API as calls that block their thread until the answer is there.
struct BlockingCalls {
    let endpoint: LambdaEndpoint
    let termination: Termination?
    let loop: EventLoop
    let client: RuntimeClient
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
    ///
    /// - Parameter last: the one before; its observers look back while none comes.
    func next(after last: EventRecord?) throws(EndingError) -> RuntimeEvent? {
        guard let end else { return try result(whileNothingComes: { last?.hooks.lookBack() }) { $0.next($1) } }
        guard !end.isMade else { return nil }
        last?.hooks.lookBack()
        var result: Result<RuntimeEvent, RuntimeError>?
        client.next { result = $0 }
        while result == nil, !end.isMade { try runOnce() }
        guard let result else { return nil }
        return try Self.value(of: result)
    }

    /// Gives the answer to an event. Once it was accepted, or refused for good, the work starts that was left for then.
    func answer(_ answer: Answer, to context: LambdaContext) throws(EndingError) {
        try finish(context) { client, completion in
            switch answer {
            case .output(let bytes):
                bytes.withByteView { client.response(to: context, body: $0, completion: completion) }
            case .failure(let error): client.error(error, of: context, completion: completion)
            }
        }
    }

    /// Ends an event with the call that does that.
    func finish(
        _ context: LambdaContext, by call: (RuntimeClient, @escaping (Result<Void, RuntimeError>) -> Void) -> Void
    ) throws(EndingError) {
        do throws(EndingError) {
            try result(of: call)
        } catch {
            guard case .service(let refusal) = error, refusal.concernsOneInvocation else { throw error }
            log(.error, "\(refusal)", context)
        }
        context.record.hooks.start(countedBy: termination)
    }

    /// Makes a call and waits for its result.
    ///
    /// - Parameter whileNothingComes: called when nothing has come for a while, or where there is something else to wait for; it may
    ///   block for a moment.
    func result<Value>(
        whileNothingComes: () -> Void = {},
        of call: (RuntimeClient, @escaping (Result<Value, RuntimeError>) -> Void) -> Void
    ) throws(EndingError) -> Value {
        var result: Result<Value, RuntimeError>?
        call(client) { result = $0 }
        while true {
            if let result { return try Self.value(of: result) }
            // A termination that wants an end wakes the loop alone.
            if end == nil, client.http.readBlocking(noLongerThan: Self.patience) { continue }
            whileNothingComes()
            try runOnce()
        }
    }

    /// The time in which nothing must come until there is some for other things.
    private static var patience: Duration { .milliseconds(50) }

    private func runOnce() throws(EndingError) {
        do { try loop.runOnce() } catch { throw .system(error) }
    }

    private static func value<Value>(of result: Result<Value, RuntimeError>) throws(EndingError) -> Value {
        switch result {
        case .success(let value): return value
        case .failure(let error): throw .service(error)
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
