import ReactorHTTP
import Testing

/// A pool on a bench, and an origin that hands the test the bare connections which are made to it.
final class PoolBench {
    let bench: Bench
    let origin: HTTPOrigin
    private(set) var pool: HTTPClientPool?
    /// The connections made to the origin, in order.
    private(set) var peers: [Peer] = []
    /// What came of the requests, by their targets, in the order of their completions.
    private(set) var outcomes: [(target: String, outcome: ClientBench.Outcome)] = []
    private var listener: Listening?

    init(_ transport: Bench.Transport = .unix, limits: (inout HTTPClientPool.Limits) -> Void = { _ in }) throws {
        bench = try Bench()
        var wanted = HTTPClientPool.Limits()
        limits(&wanted)
        let listening = Listening(try bench.listen(transport))
        origin = HTTPOrigin(address: try #require(try listening.socket.localAddress()), host: "a")
        listener = listening
        pool = HTTPClientPool(loop: bench.loop, limits: wanted)
        listening.token = try bench.loop.register(listening.socket.descriptor, for: .read) { [unowned self] _ in
            accept()
        }
    }

    deinit { stopListening() }

    func stopListening() {
        if let token = listener?.token { bench.loop.deregister(token) }
        listener = nil
    }

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

    private func accept() {
        while let listener, let socket = try? listener.socket.accept() {
            guard let peer = try? Peer(socket, loop: bench.loop) else { return }
            peers.append(peer)
        }
    }

    private final class Listening {
        let socket: Socket
        var token: Token?
        init(_ socket: consuming Socket) { self.socket = socket }
    }
}
