import HostProcess
import LambdaAPI
import Synchronization

/// The Runtime API as calls that block their thread: the loop is run until the answer is there.
struct BlockingCalls {
    let endpoint: LambdaEndpoint
    private let loop: EventLoop
    private let client: RuntimeClient
    private let end: EndRequest?

    /// - Parameter termination: ends the wait for an event, and waits itself until these calls are closed.
    init(_ endpoint: LambdaEndpoint, _ termination: Termination?) throws(Errno) {
        self.endpoint = endpoint
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
