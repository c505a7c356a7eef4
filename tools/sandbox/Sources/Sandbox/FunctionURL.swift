import ReactorHTTP

/// Serves the function's URL: requests become events, and the function's responses answers ("Invoking Lambda function URLs").
package final class FunctionURL {
    /// Where it listens.
    package let address: SocketAddress
    /// Called with a line about each request, once the status of its answer is known.
    package var onAnswer: (String) -> Void = { _ in }
    /// Called with a line about each response of the function that is no answer in HTTP.
    package var onFault: (String) -> Void = { _ in }
    private let fleet: Fleet
    private var server: HTTPServer!

    /// Serves a listener.
    ///
    /// - Parameter connections: the most connections at a time; for a further one an idle one gives way.
    /// - Throws: the ``Reactor/Errno`` of registering it.
    package init(fleet: Fleet, listener: consuming Socket, connections: Int) throws(Errno) {
        self.fleet = fleet
        guard let address = try listener.localAddress() else { throw .addressNotAvailable }
        self.address = address
        var limits = HTTPServer.Limits()
        limits.connections = connections
        limits.bodyBytes = InvokeRequest.bodyLimit
        server = HTTPServer(loop: fleet.loop, limits: limits) { [unowned self] in take($0, $1) }
        try server.serve(listener)
    }

    /// Accepts nothing new, lets those who wait have their answers, then calls `completion`.
    package func drain(_ completion: @escaping () -> Void) { server.drain(completion) }

    private func take(_ request: HTTPRequest, _ responder: HTTPResponder) {
        let id = fleet.makeRequestID()
        var event = HTTPEvent(request)
        if let peer = (try? responder.peerAddress())?.host { event.sourceIP = peer }
        event.port = address.port ?? 80
        event.region = fleet.settings.region
        event.requestID = id
        event.traceID = request.field("X-Amzn-Trace-Id")?.string ?? fleet.makeTraceID()
        event.time = WallClock.milliseconds
        let payload = event.json
        let line = "\(event.method) \(event.path)"
        let answer = FunctionURLAnswer(responder, id: id) { [self] status in
            onAnswer("\(id): \(line) is answered with \(status)")
        } onFault: { [self] fault in
            onFault("\(id): the response to \(line) is no answer in HTTP: \(fault)")
        }
        guard payload.count <= InvokeRequest.payloadLimit else { return answer.refuse(tooLarge: payload.count) }
        let invocation = Invocation(id: id, payload: payload, traceID: event.traceID)
        fleet.invoke(invocation, onDelivery: { $0.handOn(id, to: answer) }, completion: answer.finish)
    }
}

extension SocketAddress {
    /// The IP address alone; nil for a Unix socket.
    fileprivate var host: String? {
        guard let port else { return nil }
        return String(description.dropLast(":\(port)".count).filter { $0 != "[" && $0 != "]" })
    }
}
