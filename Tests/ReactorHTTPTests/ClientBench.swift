import ReactorHTTP
import Testing

/// A client on a bench, a listener that hands the test the bare connections it makes, and what came of its requests.
final class ClientBench {
    enum Outcome: Equatable {
        /// The status, then the body and the trailers.
        case answer(Int, String)
        case failure(HTTPClientError)
    }

    let bench: Bench
    private(set) var client: HTTPClient?
    /// The outcomes of the requests, in the order of their completions.
    private(set) var outcomes: [Outcome] = []
    /// Called with each response during its completion.
    var onAnswer: (HTTPResponse) -> Void = { _ in }

    private let origin: Origin

    init(_ transport: Bench.Transport = .unix, kernelBuffers: Int32? = nil, responseLimit: Int = 32 << 20) throws {
        bench = try Bench()
        origin = try Origin(bench, transport, kernelBuffers: kernelBuffers)
        client = HTTPClient(loop: bench.loop, address: origin.address, host: "a", responseLimit: responseLimit)
    }

    var address: SocketAddress { origin.address }
    /// The connections the client has made, in order.
    var peers: [Peer] { origin.peers }
    /// The newest connection of the client.
    var peer: Peer { peers[peers.count - 1] }

    /// Closes the listener: further connections are refused.
    func stopListening() { origin.stopListening() }

    /// Lets go of the client.
    func dropClient() { client = nil }

    /// Sends a request and records what comes of it.
    func send(_ method: StaticString, _ target: String = "/", body: String = "", timeout: Duration? = nil) {
        target.withByteView { target in
            body.withByteView { body in
                client?.send(method, target, body: body, timeout: timeout) { [unowned self] in record($0) }
            }
        }
    }

    /// Opens `POST target` with a body that is written over time, and records what comes of it.
    func openStream(_ target: String = "/", unsentLimit: Int = 65_536) throws -> HTTPClient.BodyStream {
        try target.withByteView { (target) throws in
            try #require(client).openStream("POST", target, unsentLimit: unsentLimit) { [unowned self] in record($0) }
        }
    }

    /// Sends `GET target` and runs the loop until the test, as the server, has all of it.
    func begin(_ target: String = "/", sourceLocation: SourceLocation = #_sourceLocation) throws {
        send("GET", target)
        let expected = get(target)
        try bench.run("the request", sourceLocation: sourceLocation) {
            peers.last?.text.hasSuffix(expected) == true
        }
        _ = peer.take()
    }

    /// Runs the loop until the next outcome is there.
    func nextOutcome(sourceLocation: SourceLocation = #_sourceLocation) throws -> Outcome? {
        try bench.run("an outcome", sourceLocation: sourceLocation) { !outcomes.isEmpty }
        return outcomes.removeFirst()
    }

    /// The same with reads that block the thread, as far as the client allows.
    func nextOutcomeBlocking() throws -> Outcome {
        while outcomes.isEmpty { if !readsBlocking() { try bench.loop.runOnce() } }
        return outcomes.removeFirst()
    }

    /// True if something could be waited for, and came.
    func readsBlocking() -> Bool { client?.readBlocking(noLongerThan: .milliseconds(50)) ?? false }

    private func record(_ result: Result<HTTPResponse, HTTPClientError>) {
        switch result {
        case .success(let response):
            var text = response.body.string
            for index in 0..<response.trailers.count {
                text += " \(response.trailers[index].name.string)=\(response.trailers[index].value.string)"
            }
            outcomes.append(.answer(response.status, text))
            onAnswer(response)
        case .failure(let error):
            outcomes.append(.failure(error))
        }
    }
}
