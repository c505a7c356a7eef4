import ReactorHTTP
import Testing

/// A server on a bench, with a record of what happened to it.
///
/// Its handler answers with what it was asked, and keeps requests for `/later` until the test answers them.
final class ServerBench: Serving {
    let bench: Bench
    let address: SocketAddress
    private(set) var server: HTTPServer?
    /// Method, target, body and trailers of every request, in order.
    private(set) var requests: [String] = []
    /// The responders of requests for `/later`.
    var held: [HTTPResponder] = []
    /// The number of times each connection that sent a request was reported gone, or zero.
    private(set) var disconnects: [ConnectionID: Int] = [:]
    /// The number of times any connection was.
    private(set) var disconnectCount = 0
    /// Called with each request before the record's own handler; true when it has dealt with it.
    var onRequest: (HTTPRequest, HTTPResponder) -> Bool = { _, _ in false }

    init(
        _ transport: Bench.Transport = .unix, kernelBuffers: Int32? = nil,
        limits: (inout HTTPServer.Limits) -> Void = { _ in }
    ) throws {
        bench = try Bench()
        var wanted = HTTPServer.Limits()
        limits(&wanted)
        let listener = try bench.listen(transport, kernelBuffers: kernelBuffers)
        address = try #require(try listener.localAddress())
        let server = HTTPServer(loop: bench.loop, limits: wanted) { [unowned self] request, responder in
            handle(request, responder)
        }
        server.onDisconnect = { [unowned self] id in
            disconnectCount += 1
            disconnects[id, default: 0] += 1
        }
        try server.serve(listener)
        self.server = server
    }

    deinit {
        server?.onDisconnect = nil
        server?.close()
    }

    var loop: EventLoop { bench.loop }

    /// Lets go of the server.
    func dropServer() { server = nil }

    private func handle(_ request: HTTPRequest, _ responder: HTTPResponder) {
        disconnects[responder.connection, default: 0] += 0
        let body = describe(request)
        requests.append(body)
        if onRequest(request, responder) { return }
        if request.path == "/later" { return held.append(responder) }
        responder.respond(200, text: body)
    }

    private func describe(_ request: HTTPRequest) -> String {
        var text = "\(request.method.string) \(request.target.string)"
        if !request.body.isEmpty { text += " \(request.body.string)" }
        for index in 0..<request.trailers.count {
            text += " \(request.trailers[index].name.string)=\(request.trailers[index].value.string)"
        }
        return text
    }
}

/// A server under test, of whatever kind.
protocol Serving {
    var bench: Bench { get }
    var address: SocketAddress { get }
    var server: HTTPServer? { get }
}

extension Serving {
    var connectionCount: Int { server?.connectionCount ?? 0 }

    func connect(kernelBuffers: Int32? = nil) throws -> Peer {
        try bench.connect(address, kernelBuffers: kernelBuffers)
    }

    /// Sends all of `text` on a new connection and gives what came back when the loop has come to rest.
    func exchange(_ text: String, sourceLocation: SourceLocation = #_sourceLocation) throws -> String {
        let peer = try connect()
        peer.send(text)
        try bench.settle(sourceLocation: sourceLocation)
        return peer.text
    }
}

extension HTTPResponder {
    func respond(_ status: Int, text: String, fields: (inout Buffer) -> Void = { _ in }) {
        text.withByteView { respond(status, body: $0, fields: fields) }
    }
}
