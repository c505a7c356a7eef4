import ReactorHTTP

/// The Runtime API, the Extensions API and the metadata endpoint of one start of the environment, on a port of their own.
///
/// Each start has a new one, so that nothing a process of an earlier start still sends can be taken for a later one's.
final class APIServer {
    /// `host:port`, for `AWS_LAMBDA_RUNTIME_API` and `AWS_LAMBDA_METADATA_API`.
    let address: String
    let port: UInt16
    private unowned let sandbox: Sandbox
    private let server: HTTPServer
    private let writer: AnswerWriter
    /// The responders that wait for the answer to a call.
    private var waiting: [Call: (responder: HTTPResponder, fault: AnswerFault?)] = [:]
    /// The responses of the function that are on their way.
    private var incoming: [Call: IncomingResponse] = [:]
    /// The call each connection waits with.
    private var calls: [ConnectionID: Call] = [:]

    /// Listens on a port of 127.0.0.1; 0 for a free one.
    init(sandbox: Sandbox, port: UInt16) throws(Errno) {
        self.sandbox = sandbox
        var limits = HTTPServer.Limits()
        // As many as Managed Instances may have workers, and some for extensions and strangers.
        limits.connections = sandbox.settings.concurrency + 1024
        // Whoever was frozen in the middle of a request goes on with it hours later.
        limits.headTimeout = .seconds(86_400)
        limits.bodyTimeout = .seconds(86_400)
        limits.writeTimeout = .seconds(86_400)
        // Runtimes put an X-Ray cause of up to 1 MiB into a field, and others beside it.
        limits.headBytes = 1_048_576 + HTTPLimits.headBytes
        // The limits that the function knows are counted, and what exceeds them refused, above this server.
        limits.bodyBytes = IncomingResponse.bufferedLimit
        let listener = try Socket.listen(on: .loopback(port: port))
        let local = try listener.localAddress()
        address = local.map(\.description) ?? ""
        self.port = local?.port ?? 0
        writer = AnswerWriter(sandbox.settings) { [unowned sandbox] in sandbox.makeRequestID() }
        box = Box()
        // A HEAD must not take an event away.
        let router = HTTPRouter(servesHEAD: false)
        server = HTTPServer(loop: sandbox.loop, limits: limits, router: router)
        box.owner = self
        // First what comes most often: a router looks at its routes in order.
        router.stream("POST", APIRoute.responsePattern) { [box] in
            box.owner?.takeResponse($0, $1, $2)
        }
        APIRoute.add(to: router) { [box] route, request, responder in box.owner?.take(route, request, responder) }
        router.on("GET", "/2018-06-01/ping") { _, responder in
            responder.respond(200, body: "pong") { $0.appendField("Content-Type", "text/plain; charset=utf-8") }
        }
        router.on("GET", MetadataEndpoint.path) { [box] in box.owner?.answerMetadata($0, $1) }
        router.methodNotAllowed { _, methods, responder in
            responder.respond(405) { head in
                head.appendField("Allow", methods)
                head.appendField("Content-Type", "text/plain; charset=utf-8")
            }
        }
        router.otherwise { _, responder in
            responder.respond(404, body: "404 page not found\n") { head in
                head.appendField("Content-Type", "text/plain; charset=utf-8")
            }
        }
        server.onDisconnect = { [box] connection in box.owner?.forget(connection) }
        try server.serve(listener)
    }

    /// Lets the handlers find this object for as long as it is there.
    private final class Box { unowned(unsafe) var owner: APIServer? }
    private let box: Box

    deinit { box.owner = nil }

    /// Ends every connection.
    func close() {
        box.owner = nil
        server.close()
    }

    /// Ends the connections that nobody waits on, and the others behind their next answer.
    func renewConnections() { server.retireConnections() }

    private func take(_ route: APIRoute, _ request: RoutedRequest, _ responder: HTTPResponder) {
        if request.isOfPage { return refusePage(responder) }
        let fault = sandbox.takeFault(of: route.call)
        if let fault, !fault.reachesEnvironment { return FaultWriter(fault: fault).write(to: responder) }
        sandbox.feed(route.input(expect(responder, fault), request), inTurn: true)
    }

    /// A response is answered, well or wrongly, when it is complete.
    private func takeResponse(_ request: RoutedRequest, _ body: HTTPRequestBody, _ responder: HTTPResponder) {
        if request.isOfPage { return refusePage(responder) }
        let fault = sandbox.takeFault(of: .response)
        let call = expect(responder, fault)
        let response = IncomingResponse(request, body, loop: sandbox.loop) { [box] whole in
            guard let self = box.owner else { return }
            self.incoming[call] = nil
            if let fault, !fault.reachesEnvironment { return self.answer(call, .accepted) }
            self.sandbox.feed(.runtime(call, whole), inTurn: true)
        }
        incoming[call] = response
        if fault?.reachesEnvironment != false, let beginning = response.beginning {
            sandbox.feed(.runtime(call, beginning))
        }
    }

    private func refusePage(_ responder: HTTPResponder) {
        writer.write(.refused(.ofPage), to: responder)
    }

    /// A fresh call, which is answered over a connection.
    private func expect(_ responder: HTTPResponder, _ fault: AnswerFault?) -> Call {
        let call = sandbox.makeCall()
        waiting[call] = (responder, fault)
        calls[responder.connection] = call
        return call
    }

    /// Hands on what comes over a call, as it comes.
    func handOn(_ call: Call, to reader: any ResponseReader) { incoming[call]?.handOn(to: reader) }

    private func answerMetadata(_ request: RoutedRequest, _ responder: HTTPResponder) {
        if let fault = sandbox.takeFault(of: .metadata) { return FaultWriter(fault: fault).write(to: responder) }
        sandbox.metadata.answer(request, to: responder)
    }

    private func forget(_ connection: ConnectionID) {
        guard let call = calls.removeValue(forKey: connection) else { return }
        waiting[call] = nil
        incoming[call] = nil
        sandbox.feed(.disconnected(call))
    }

    /// Answers a waiting call.
    func answer(_ call: Call, _ answer: Answer) {
        guard let (responder, fault) = waiting.removeValue(forKey: call) else { return }
        calls[responder.connection] = nil
        if let fault { return FaultWriter(fault: fault).write(to: responder) }
        writer.write(answer, to: responder)
    }
}
