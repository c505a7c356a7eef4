// Bodies that are streamed, in two forms of one shape: with them; and for an executable that streams nothing and counts its bytes,
// as the layer's does (NO_STREAMS, layer/musl-sdk), empty and inlined, so that nothing of it is left.
#if !NO_STREAMS
/// The part of a server that serves requests whose bodies are streamed.
struct StreamedRoutes {
    /// A consumer of a request's body in pieces.
    struct Taker {
        let limit: UInt64
        let handler: (HTTPRequest, HTTPRequestBody, HTTPResponder) -> Void
    }

    /// Asked of each request when its head is complete; nil for one that is gathered and handed to the server's handler.
    var find: ((HTTPRequest) -> Taker?)?
}

/// The streams of a connection.
struct Streams {
    var incoming: HTTPRequestBody?
    var outgoing: HTTPResponseStream?

    /// True while the peer is sending a body.
    var isReceiving: Bool { incoming?.expectsMore == true }
    /// True while nothing may be read.
    var isPaused: Bool { incoming?.isPaused == true }

    /// Returns true if a body that is paused will be complete with what has arrived, so that its connection may end
    /// before it.
    func holds(allThatComes bytes: ByteView) -> Bool { isPaused && incoming?.isDecided(by: bytes) == true }

    /// Something was written.
    func sent() { outgoing?.sent() }

    /// The connection has ended.
    mutating func end(on loop: EventLoop) {
        if let outgoing {
            self.outgoing = nil
            outgoing.lose()
        }
        endIncoming(.connectionLost, on: loop)
    }

    /// The request was answered: what the peer still sends of its body is not handed out.
    mutating func endReceiving(on loop: EventLoop) {
        if isReceiving { endIncoming(.answered, on: loop) }
    }

    /// The body ends here, as its owner is told from the loop.
    private mutating func endIncoming(_ error: HTTPRequestBodyError, on loop: EventLoop) {
        guard let incoming else { return }
        self.incoming = nil
        loop.enqueue { incoming.end(.failure(error)) }
    }
}

extension HTTPServer {
    /// Hands a request to whoever takes its body in pieces, if anybody does.
    func open(_ connection: HTTPConnection, _ head: RequestHead, _ length: Int) throws(MessageBody.Failure) -> Bool {
        guard let find = streamedRoutes.find else { return false }
        let bytes = connection.input.readable
        let request = HTTPRequest(
            method: head.method(in: bytes), target: head.target(in: bytes), version: head.version,
            fields: head.fields(in: bytes, fields), body: .empty, trailers: .empty)
        guard let taker = find(request) else { return false }
        if case .length(let length) = head.framing, length > taker.limit { throw .tooLarge }
        begin(connection, head, request)
        let body = HTTPRequestBody(framing: head.framing, limit: taker.limit, server: self, connection: connection)
        connection.streams.incoming = body
        taker.handler(
            request, body, HTTPResponder(connection: connection.id, server: self, exchange: connection.exchange))
        connection.input.consume(length)
        // RFC 9110, section 10.1.1: no 100 once some of the body has come, or the answer.
        if head.expectsContinue, body.expectsMore, connection.isAwaitingAnswer, connection.input.isEmpty,
            connection.streams.outgoing == nil
        {
            append(to: connection) { $0.append("HTTP/1.1 100 Continue\r\n\r\n") }
        }
        // The handler may have answered already; the next head is looked for only behind this body.
        if !body.expectsMore {
            body.finishIfComplete()
            if body.hasEnded { connection.streams.incoming = nil }
        } else if connection.input.isEmpty {
            startBodyTimer(of: connection)
        }
        return true
    }

    /// Hands out what has arrived of a streamed body; false when the connection's next request has to wait.
    func receive(_ connection: HTTPConnection) throws(MessageBody.Failure) -> Bool {
        guard let body = connection.streams.incoming else { return false }
        let before = connection.input.count
        do {
            try body.advance()
        } catch {
            let isTooLateForAStatus = connection.streams.outgoing != nil || !connection.isAwaitingAnswer
            body.end(.failure(error))
            connection.streams.incoming = nil
            if isTooLateForAStatus {
                close(connection)
                return false
            }
            // The consumer may have answered in its own words.
            guard connection.isAwaitingAnswer, connection.streams.outgoing == nil else {
                connection.closesAfterOutput = true
                return false
            }
            if case .malformed(let fault) = error { throw .malformed(fault) }
            throw .tooLarge
        }
        if body.hasEnded { connection.streams.incoming = nil }
        if connection.input.count < before || connection.timer?.isArmed != true { startBodyTimer(of: connection) }
        return !connection.isAwaitingAnswer
    }

    /// Bounds the wait for the next piece of a body, unless its consumer is who waits, or the peer does not read.
    func startBodyTimer(of connection: HTTPConnection) {
        guard !connection.isClosed, !connection.isBlocked else { return }
        if connection.streams.isReceiving, !connection.streams.isPaused {
            startTimer(of: connection, limits.bodyTimeout)
        } else {
            connection.stopTimer()
        }
    }

    /// Nothing came in time; false when no body was awaited.
    func timedOutReceiving(_ connection: HTTPConnection) -> Bool {
        guard let body = connection.streams.incoming else { return false }
        guard !body.isPaused else { return true }
        connection.streams.incoming = nil
        let mayRefuse = connection.streams.outgoing == nil && connection.isAwaitingAnswer
        if mayRefuse { refuse(connection, status: 408) }
        body.end(.failure(.timedOut))
        // It may have ended the connection.
        guard !connection.isClosed else { return true }
        if mayRefuse { advance(connection) } else { close(connection) }
        return true
    }

    /// Goes on with a body that was paused, in a turn of its own.
    func resumeReceiving(_ connection: HTTPConnection) {
        guard !connection.isClosed, !connection.isInTurn, connection.output.isEmpty else { return }
        connection.isDue = true
        startTimer(of: connection, .zero)
    }

    /// Begins an answer whose body is written over time.
    func open(
        _ stream: HTTPResponseStream, _ status: Int, _ length: UInt64?, for exchange: UInt32, on id: ConnectionID,
        fields: (inout Buffer) -> Void
    ) {
        guard let connection = awaiting(exchange, on: id) else { return }
        // The right to answer has been used.
        connection.exchange &+= 1
        var framing = length.map { HTTPResponseStream.Framing.length($0) } ?? .chunked
        // RFC 9112, section 6.1: no Transfer-Encoding to a peer that may not know it.
        if length == nil, connection.version == .http10 {
            framing = .untilClose
            connection.closesAfterOutput = true
        }
        let isFirst = connection.output.isEmpty
        deferringEnd(of: connection) { encodeHead(status, for: connection, fields: fields) }
        guard !connection.isClosed else { return }
        let hasBody = status != 204 && status != 304
        if hasBody {
            switch framing {
            case .length(let length): connection.output.appendField("Content-Length", length)
            case .chunked: connection.output.appendField("Transfer-Encoding", "chunked")
            case .untilClose, .none: break
            }
        }
        connection.output.appendEndOfHead()
        stream.begin(on: connection, hasBody && !connection.answersHead ? framing : .none)
        connection.streams.outgoing = stream
        if isFirst, !connection.isInTurn { flush(id) }
    }

    func append(to connection: HTTPConnection, _ encode: (inout Buffer) -> Void) {
        outputLoan.lend(to: &connection.output)
        encode(&connection.output)
    }

    /// The answer is complete; so may the exchange be.
    func finishStream(of connection: HTTPConnection) {
        connection.streams.outgoing = nil
        if connection.streams.isReceiving { connection.closesAfterOutput = true }
        answered(connection)
    }
}
#else
struct StreamedRoutes {}

struct Streams {
    @inline(__always) var isReceiving: Bool { false }
    @inline(__always) var isPaused: Bool { false }
    @inline(__always) func holds(allThatComes bytes: ByteView) -> Bool { false }
    @inline(__always) func sent() {}
    @inline(__always) func end(on loop: EventLoop) {}
    @inline(__always) func endReceiving(on loop: EventLoop) {}
}

extension HTTPServer {
    @inline(__always)
    func open(_ connection: HTTPConnection, _ head: RequestHead, _ length: Int) throws(MessageBody.Failure) -> Bool {
        false
    }
    @inline(__always) func receive(_ connection: HTTPConnection) throws(MessageBody.Failure) -> Bool { false }
    @inline(__always) func startBodyTimer(of connection: HTTPConnection) { connection.stopTimer() }
    @inline(__always) func timedOutReceiving(_ connection: HTTPConnection) -> Bool { false }
}
#endif
