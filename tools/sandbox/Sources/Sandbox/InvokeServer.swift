import ReactorHTTP

/// Offers Lambda's Invoke API, so that `aws lambda invoke --endpoint-url` and the SDKs can call the function.
package final class InvokeServer {
    /// Where it listens.
    package let address: SocketAddress
    /// Its routes, to which others may be added.
    package let router = HTTPRouter()
    /// Called with a line about each request that is refused without an invocation.
    package var onRefusal: (String) -> Void = { _ in }
    private let fleet: Fleet
    /// The only name it answers to; nil for any.
    private let name: String?
    private var server: HTTPServer!

    /// Serves a listener.
    ///
    /// - Parameters:
    ///   - name: the only function name that is found, nil to take every name for the function's.
    ///   - connections: the most connections at a time; for a further one an idle one gives way.
    /// - Throws: the ``Reactor/Errno`` of registering it.
    package init(
        fleet: Fleet, listener: consuming Socket, name: String?, connections: Int
    ) throws(Errno) {
        self.fleet = fleet
        self.name = name
        guard let address = try listener.localAddress() else { throw .addressNotAvailable }
        self.address = address
        var limits = HTTPServer.Limits()
        limits.connections = connections
        limits.bodyBytes = InvokeRequest.bodyLimit
        // Bodies of events come piece by piece, so that a refusal can tell the limit in the API's words.
        router.stream("POST", "/2015-03-31/functions/:name/invocations") { [unowned self] in
            take($0, $1, isStreamed: false, $2)
        }
        router.stream("POST", "/2021-11-15/functions/:name/response-streaming-invocations") { [unowned self] in
            take($0, $1, isStreamed: true, $2)
        }
        router.otherwise { [unowned self] in refuse(.unknownOperation, $1) }
        server = HTTPServer(loop: fleet.loop, limits: limits, router: router)
        try server.serve(listener)
    }

    /// Accepts nothing new, lets those who wait have their answers, then calls `completion`.
    package func drain(_ completion: @escaping () -> Void) { server.drain(completion) }

    /// Ends every connection.
    package func close() { server.close() }

    /// Takes the head of a request, and answers it when its body is there: whoever sends a long one reads no answer before.
    private func take(
        _ request: RoutedRequest, _ body: HTTPRequestBody, isStreamed: Bool, _ responder: HTTPResponder
    ) {
        let meaning = read(request, isStreamed: isStreamed)
        let kind = (try? InvokeRequest.kind(of: request)) ?? .requestResponse
        let limit = UInt64(InvokeRequest.bodyLimit)
        if let count = body.announcedCount, count > limit { return refuse(.tooLarge("\(count)", kind), responder) }
        var payload: [UInt8] = []
        body.onPiece = { [unowned self, unowned body] piece in
            payload.append(contentsOf: piece.rawBuffer)
            guard payload.count > InvokeRequest.bodyLimit else { return }
            (body.onPiece, body.onEnd) = (nil, nil)
            refuse(.tooLarge("More than \(limit)", kind), responder)
        }
        body.onEnd = { [unowned self] outcome in
            guard case .success = outcome else { return }
            switch meaning {
            case .success((var wanted, let name)):
                do throws(InvokeFault) {
                    try wanted.take(payload)
                    invoke(wanted, as: name, isStreamed: isStreamed, responder)
                } catch {
                    refuse(error, responder)
                }
            case .failure(let fault): refuse(fault, responder)
            }
        }
    }

    /// Reads what the head of a request asks for, and of which function.
    private func read(
        _ request: RoutedRequest, isStreamed: Bool
    ) -> Result<(InvokeRequest, name: String), InvokeFault> {
        Result { () throws(InvokeFault) in
            if request.isOfPage { throw .ofPage }
            guard let asked = request.parameter("name").flatMap(FunctionReference.init) else { throw .unknownOperation }
            guard FunctionReference.isName(asked.name) else {
                throw .notMatching("functionName", asked.name, FunctionReference.namePattern)
            }
            let wanted = try InvokeRequest(request, qualifier: asked.qualifier)
            if let name, name != asked.name {
                throw .notFound(arn: fleet.settings.functionARN(of: asked.name, qualifier: wanted.qualifier))
            }
            if isStreamed, wanted.kind == .event { throw .invalidParameter("An Event has no response to stream") }
            return (wanted, asked.name)
        }
    }

    private func invoke(
        _ request: InvokeRequest, as name: String, isStreamed: Bool, _ responder: HTTPResponder
    ) {
        let id = fleet.makeRequestID()
        let stream = isStreamed ? InvokeStream(id: id, responder) : nil
        switch request.kind {
        case .dryRun: return respond(204, id: id, to: responder)
        case .event, .requestResponse: break
        }
        var invocation = Invocation(
            id: id, payload: request.payload, traceID: request.traceID, clientContext: request.clientContext,
            tenantID: request.tenantID, qualifier: request.qualifier, isAsynchronous: request.kind == .event)
        invocation.functionName = name
        if request.kind == .event { return queue(invocation, responder) }
        var tail: LogTail?
        let prepare = { (sandbox: Sandbox) in
            if request.wantsTail { tail = LogTail(of: id, in: sandbox) }
            if let stream { sandbox.handOn(id, to: stream) }
        }
        fleet.invoke(invocation, onDelivery: prepare) { [self] outcome in
            if let tail {
                tail.whenEnded { [self] log in finish(id, outcome, log, stream, responder) }
            } else {
                finish(id, outcome, nil, stream, responder)
            }
        }
    }

    /// Takes an event, unless too many wait already.
    private func queue(_ invocation: Invocation, _ responder: HTTPResponder) {
        var isRefused = false
        fleet.invoke(invocation) { if case .failure(.throttled) = $0 { isRefused = true } }
        guard isRefused else { return respond(202, id: invocation.id, to: responder) }
        throttle(invocation.id, "CallerRateLimitExceeded", responder)
    }

    private func finish(
        _ id: String, _ outcome: Outcome, _ log: [UInt8]?, _ stream: InvokeStream?, _ responder: HTTPResponder
    ) {
        // Once it has begun with status 200, what happens is told in it.
        if let stream, stream.hasBegun { return stream.finish(outcome, log) }
        if case .failure(let failure) = outcome, failure.isOfRestore { return refuseRestore(failure, responder) }
        if case .failure(.throttled) = outcome {
            return throttle(id, "ReservedFunctionConcurrentInvocationLimitExceeded", responder)
        }
        if case .failure(let failure) = outcome, failure.isRefusal { return refuse(failure, id, responder) }
        if let stream { return stream.finish(outcome, log) }
        respond(200, id: id, body: outcome.body(for: id), to: responder) { head in
            if let log { Base64.encode(log).withByteView { head.appendField("X-Amz-Log-Result", $0) } }
            if outcome.errorType != nil { head.appendField("X-Amz-Function-Error", ByteView("Unhandled")) }
            Settings.version.withByteView { head.appendField("X-Amz-Executed-Version", $0) }
        }
    }

    /// As the service's part in the environment says it, with what AWS's clients look for beside that.
    private func refuse(_ failure: Failure, _ id: String, _ responder: HTTPResponder) {
        let body = JSONValue.bytes(of: [
            ("errorType", .string(failure.type)), ("Type", .string("User")), ("Message", .string(failure.message)),
        ])
        respond(400, id: id, body: body, to: responder) { head in
            failure.type.withByteView { type in
                head.appendField("Error-Type", type)
                head.appendField("x-amzn-ErrorType", type)
            }
        }
    }

    /// With "message" in lower case and a reason, as production answers it.
    private func throttle(_ id: String, _ reason: String, _ responder: HTTPResponder) {
        let body = JSONValue.bytes(of: [
            ("Reason", .string(reason)), ("Type", .string("User")), ("message", .string(Failure.throttled.message)),
        ])
        respond(429, id: id, body: body, to: responder) { head in
            Failure.throttled.type.withByteView { head.appendField("x-amzn-ErrorType", $0) }
        }
    }

    /// "Invoke", AWS Lambda API Reference: the two errors of a restore.
    private func refuseRestore(_ failure: Failure, _ responder: HTTPResponder) {
        failure.isTimeout
            ? refuse("SnapStartTimeoutException", 408, failure.message, responder)
            : refuse("SnapStartException", 400, "\(failure.type): \(failure.message)", responder)
    }

    private func respond(
        _ status: Int, id: String, body: [UInt8] = [], to responder: HTTPResponder,
        fields: (inout Buffer) -> Void = { _ in }
    ) {
        body.withByteView { body in
            responder.respond(status, body: body) { head in
                id.withByteView { head.appendField("x-amzn-RequestId", $0) }
                head.appendField("Content-Type", ByteView("application/json"))
                fields(&head)
            }
        }
    }

    private func refuse(_ fault: InvokeFault, _ responder: HTTPResponder) {
        let (status, type, message) = fault.answer
        refuse(type, status, message, responder)
    }

    private func refuse(_ type: StaticString, _ status: Int, _ message: String, _ responder: HTTPResponder) {
        let id = fleet.makeRequestID()
        onRefusal("\(id): refused with \(status) \(type): \(message)")
        responder.respond(
            status, [("Type", .string(status < 500 ? "User" : "Service")), ("Message", .string(message))]
        ) { head in
            id.withByteView { head.appendField("x-amzn-RequestId", $0) }
            head.appendField("x-amzn-ErrorType", ByteView(type))
            head.appendField("Content-Type", ByteView("application/json"))
        }
    }
}
