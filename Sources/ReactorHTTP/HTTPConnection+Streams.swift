/// A consumer of a request's body in pieces.
struct BodyConsumer {
    let limit: UInt64
    let handler: (HTTPRequest, HTTPRequestBody, HTTPResponder) -> Void
}

extension HTTPConnection {
    // MARK: Requests

    /// Hands a request to the consumer of its body's pieces, if it has one.
    func stream(_ head: RequestHead, _ length: Int) throws(BodyFault) -> Bool {
        guard let find = context.findConsumer else { return false }
        let bytes = input.readable
        let request = HTTPRequest(
            method: head.method(in: bytes), target: head.target(in: bytes), version: head.version,
            fields: head.fields(in: bytes, context.fields), body: .empty, trailers: .empty)
        guard let consumer = find(request) else { return false }
        let body = HTTPRequestBody(try BodyReader(head.framing, limit: consumer.limit), connection: self)
        begin(head, request)
        incoming = body
        noteStream()
        consumer.handler(request, body, HTTPResponder(owner: self, exchange: state.exchange))
        input.consume(length)
        // RFC 9110, section 10.1.1: no 100 once some of the body has come, or the answer.
        if head.expectsContinue, !body.isComplete, state.stage == .answering, input.isEmpty, outgoing == nil {
            sendContinue()
        }
        // The handler may have answered already; the next head is looked for only behind this body.
        if body.isComplete {
            body.finishIfComplete()
            if body.hasEnded { incoming = nil }
        }
        noteStream()
        return true
    }

    /// Hands out what has arrived of a streamed body; false when the connection's next request has to wait.
    func receive() throws(BodyFault) -> Bool {
        guard let body = incoming else { return false }
        defer { noteStream() }
        let before = input.count
        do {
            try body.advance()
        } catch {
            let isTooLateForAStatus = outgoing != nil || state.stage != .answering
            body.end(.failure(HTTPRequestBodyError(error)))
            incoming = nil
            if isTooLateForAStatus {
                close()
                return false
            }
            // The consumer may have answered in its own words.
            guard state.stage == .answering, outgoing == nil else {
                state.isLast = true
                return false
            }
            throw error
        }
        if body.hasEnded { incoming = nil }
        if input.count < before { state.received() }
        return state.stage != .answering
    }

    /// Nothing came of a streamed body in time.
    func timedOutReceiving() {
        guard let body = incoming else { return }
        incoming = nil
        noteStream()
        let mayRefuse = outgoing == nil && state.stage == .answering
        if mayRefuse { refuse(408) }
        body.end(.failure(.timedOut))
        if !mayRefuse { close() }
    }

    /// The consumer of a body has paused it, or goes on.
    func pauseOrResume() {
        noteStream()
        guard !isClosed, !isInTurn else { return }
        if state.stream == .open { state.needsTurn = true }
        settle()
    }

    /// Has the state know how the request's body stands.
    func noteStream() {
        guard let incoming, !incoming.isComplete else { return state.stream = .none }
        state.stream = incoming.isPaused ? .paused : .open
    }

    /// The request was answered: what the peer still sends of its body is not handed out.
    func endReceiving() {
        if state.stream != .none { endIncoming(.answered) }
    }

    /// The connection has ended.
    func endStreams() {
        let outgoing = outgoing.take()
        outgoing?.lose(on: context.loop)
        endIncoming(.connectionLost)
    }

    /// The body ends here, as its consumer learns from the loop.
    private func endIncoming(_ error: HTTPRequestBodyError) {
        guard let body = incoming.take() else { return }
        noteStream()
        context.loop.enqueue { body.end(.failure(error)) }
    }

    // MARK: Answers

    /// Begins an answer whose body is written over time.
    func open(
        _ stream: HTTPResponseStream, _ status: Int, _ length: UInt64?, for exchange: UInt32,
        fields: (inout Buffer) -> Void
    ) {
        guard state.isAwaiting(exchange) else { return }
        state.beginAnswer()
        // Only its end shows a peer of HTTP/1.0 the length.
        if length == nil, state.version == .http10 { state.isLast = true }
        let isFirst = output.isEmpty
        keepingAlive { encodeHead(status, fields: fields) }
        guard !isClosed else { return }
        stream.begin(
            on: self,
            BodyWriter(
                answering: status, toHead: state.answersHead, of: state.version, length: length, endingHead: &output))
        outgoing = stream
        if isFirst, !isInTurn { flush() }
    }

    /// The answer is complete; so may the exchange be.
    func finishStream() {
        outgoing = nil
        if state.stream != .none { state.isLast = true }
        answered()
    }
}
