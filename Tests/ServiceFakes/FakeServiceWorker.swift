import CLinux
import ReactorHTTP
import TestSupport

/// The side of a ``FakeService`` that lives on its thread.
final class FakeServiceWorker {
    private let loop: EventLoop
    /// Stays open so that the port is never without a listener while connections are ended.
    private var listener: Socket?
    private let log: Log<FakeService.Request>
    private let disconnections: Log<Int>
    private let answer: @Sendable (FakeService.Request) -> FakeService.Reply
    private var server: HTTPServer?
    private var connections: [ConnectionID] = []
    private var parked: [(path: String, responder: HTTPResponder)] = []
    private var early: [(reply: FakeService.Reply, path: String?)] = []

    init(
        loop: EventLoop, listener: consuming Socket, log: Log<FakeService.Request>, disconnections: Log<Int>,
        answer: @escaping @Sendable (FakeService.Request) -> FakeService.Reply
    ) {
        self.loop = loop
        self.listener = consume listener
        self.log = log
        self.disconnections = disconnections
        self.answer = answer
    }

    func serve() {
        guard let number = listener?.descriptor.rawValue else { return }
        var limits = HTTPServer.Limits()
        limits.bodyBytes = 16 << 20
        limits.connections = 8_192
        // A peer that is slow on a busy machine is not at fault.
        limits.headTimeout = patience
        limits.bodyTimeout = patience
        limits.writeTimeout = patience
        let server = HTTPServer(loop: loop, limits: limits) { [unowned self] request, responder in
            handle(request, responder)
        }
        server.onDisconnect = { [unowned self] connection in
            parked.removeAll { $0.responder.connection == connection }
            if let index = connections.firstIndex(of: connection) { disconnections.append(index) }
        }
        let copy = clinux_fcntl(number, F_DUPFD_CLOEXEC, 0)
        do { try server.serve(Socket(FileDescriptor(rawValue: copy))) } catch { fatalError("cannot listen: \(error)") }
        self.server = server
    }

    func perform(_ command: FakeService.Command) {
        switch command {
        case .answerParked(let reply, let path):
            if let index = parked.firstIndex(where: { path == nil || $0.path == path }) {
                let (path, responder) = parked.remove(at: index)
                give(reply, responder, path)
            } else {
                early.append((reply, path))
            }
        case .hangUp: hangUp()
        case .stop:
            server?.close()
            listener = nil
            loop.stop()
        }
    }

    private func handle(_ request: HTTPRequest, _ responder: HTTPResponder) {
        if !connections.contains(responder.connection) { connections.append(responder.connection) }
        let copy = FakeService.Request(
            method: request.method.string, path: request.target.string, headers: Self.copy(request.fields),
            body: request.body.string, trailers: Self.copy(request.trailers),
            connection: connections.firstIndex(of: responder.connection)!)
        let reply = answer(copy)
        log.append(copy)
        give(reply, responder, copy.path)
    }

    private static func copy(_ fields: HTTPFields) -> [String: String] {
        var copy: [String: String] = [:]
        for index in 0..<fields.count { copy[fields[index].name.string] = fields[index].value.string }
        return copy
    }

    private func give(_ reply: FakeService.Reply, _ responder: HTTPResponder, _ path: String) {
        switch reply {
        case .answer(let status, let body, let fields):
            body.withByteView { body in
                responder.respond(status, body: body) { head in
                    for (name, value) in fields { value.withByteView { head.appendField(name, $0) } }
                }
            }
        case .park:
            if let index = early.firstIndex(where: { $0.path == nil || $0.path == path }) {
                give(early.remove(at: index).reply, responder, path)
            } else {
                parked.append((path, responder))
            }
        case .reset: responder.abort(isReset: true)
        case .hangUp: loop.enqueue { [self] in hangUp() }
        }
    }

    private func hangUp() {
        parked = []
        server?.close()
        serve()
    }
}
