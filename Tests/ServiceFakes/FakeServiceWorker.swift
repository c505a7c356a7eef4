import CLinux
import ReactorHTTP

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
    private var parked: HTTPResponder?
    private var early: [FakeService.Reply] = []

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
        let server = HTTPServer(loop: loop, limits: limits) { [unowned self] request, responder in
            handle(request, responder)
        }
        server.onDisconnect = { [unowned self] connection in
            if let index = connections.firstIndex(of: connection) { disconnections.append(index) }
        }
        let copy = clinux_fcntl(number, F_DUPFD_CLOEXEC, 0)
        do { try server.serve(Socket(FileDescriptor(rawValue: copy))) } catch { fatalError("cannot listen: \(error)") }
        self.server = server
    }

    func perform(_ command: FakeService.Command) {
        switch command {
        case .answerParked(let reply):
            if let responder = parked { give(reply, responder) } else { early.append(reply) }
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
        give(reply, responder)
    }

    private static func copy(_ fields: HTTPFields) -> [String: String] {
        var copy: [String: String] = [:]
        for index in 0..<fields.count { copy[fields[index].name.string] = fields[index].value.string }
        return copy
    }

    private func give(_ reply: FakeService.Reply, _ responder: HTTPResponder) {
        switch reply {
        case .answer(let status, let body, let fields):
            if parked?.connection == responder.connection { parked = nil }
            body.withByteView { body in
                responder.respond(status, body: body) { head in
                    for (name, value) in fields { value.withByteView { head.appendField(name, $0) } }
                }
            }
        case .park:
            parked = responder
            if !early.isEmpty { give(early.removeFirst(), responder) }
        case .hangUp: loop.enqueue { [self] in hangUp() }
        }
    }

    private func hangUp() {
        parked = nil
        server?.close()
        serve()
    }
}
