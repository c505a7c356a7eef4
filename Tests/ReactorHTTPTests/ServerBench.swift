import ReactorHTTP
import Testing

/// A server on a bench, with a record of what happened to it.
///
/// Its handler answers with what it was asked, and keeps requests for `/later` until the test answers them.
final class ServerBench {
    let bench: Bench
    let address: SocketAddress
    private(set) var server: HTTPServer?
    /// Method, target, body and trailers of every request, in order.
    private(set) var requests: [String] = []
    /// The responders of requests for `/later`.
    var held: [HTTPResponder] = []
    /// How often each connection that sent a request was told to have gone, or zero.
    private(set) var disconnects: [ConnectionID: Int] = [:]
    /// How often any connection was.
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
    var connectionCount: Int { server?.connectionCount ?? 0 }

    /// Lets go of the server.
    func dropServer() { server = nil }

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

extension HTTPResponder {
    func respond(_ status: Int, text: String, fields: (inout Buffer) -> Void = { _ in }) {
        text.withByteView { respond(status, body: $0, fields: fields) }
    }
}

/// An answer of the server as it stands on the wire.
func answer(_ status: Int, _ body: String, connection: String? = nil) -> String {
    let head = "HTTP/1.1 \(status) \(statusText(status).string)\r\n"
    let field = connection.map { "Connection: \($0)\r\n" } ?? ""
    return "\(head)\(field)Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
}

func answer(_ body: String, connection: String? = nil) -> String { answer(200, body, connection: connection) }

/// A request without a body.
func get(_ target: String, _ fields: String = "") -> String { "GET \(target) HTTP/1.1\r\nHost: a\r\n\(fields)\r\n" }

/// A request with a body framed by its length.
func post(_ target: String, _ body: String, _ fields: String = "") -> String {
    "POST \(target) HTTP/1.1\r\nHost: a\r\nContent-Length: \(body.utf8.count)\r\n\(fields)\r\n\(body)"
}
