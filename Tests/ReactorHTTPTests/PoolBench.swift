import ReactorHTTP
import Testing

/// A pool on a bench, and an origin that hands the test the bare connections which are made to it.
final class PoolBench {
    let bench: Bench
    let origin: HTTPOrigin
    private(set) var pool: HTTPClientPool?
    /// The outcomes of the requests, by their targets, in the order of their completions.
    private(set) var outcomes: [(target: String, outcome: ClientBench.Outcome)] = []
    private let listener: Origin

    init(_ transport: Bench.Transport = .unix, limits: (inout HTTPClientPool.Limits) -> Void = { _ in }) throws {
        bench = try Bench()
        var wanted = HTTPClientPool.Limits()
        limits(&wanted)
        listener = try Origin(bench, transport)
        origin = HTTPOrigin(address: listener.address, host: "a")
        pool = HTTPClientPool(loop: bench.loop, limits: wanted)
    }

    /// The connections made to the origin, in order.
    var peers: [Peer] { listener.peers }

    func stopListening() { listener.stopListening() }

    func dropPool() { pool = nil }

    @discardableResult
    func send(
        _ method: StaticString = "GET", _ target: String, to other: HTTPOrigin? = nil, body: String = "",
        timeout: Duration? = nil, then next: @escaping () -> Void = {}
    ) throws -> HTTPClientPool.Request {
        let pool = try #require(pool)
        return target.withByteView { bytes in
            body.withByteView { body in
                pool.send(method, to: other ?? origin, bytes, body: body, timeout: timeout) { [unowned self] result in
                    switch result {
                    case .success(let response):
                        outcomes.append((target, .answer(response.status, response.body.string)))
                    case .failure(let error): outcomes.append((target, .failure(error)))
                    }
                    next()
                }
            }
        }
    }

    /// Runs the loop until that many connections have been made and the last of them has received `text`.
    func expect(_ text: String, onPeer number: Int, sourceLocation: SourceLocation = #_sourceLocation) throws {
        try bench.run("the request", sourceLocation: sourceLocation) {
            peers.count > number && peers[number].text == text
        }
        _ = peers[number].take()
    }

    /// Runs the loop until the next outcome is there.
    func next(sourceLocation: SourceLocation = #_sourceLocation) throws -> (
        target: String, outcome: ClientBench.Outcome
    ) {
        try bench.run("an outcome", sourceLocation: sourceLocation) { !outcomes.isEmpty }
        return outcomes.removeFirst()
    }
}
