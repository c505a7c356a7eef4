extension HTTPServer {
    /// Takes up an event of a connection: writes what waits, or reads one bite, and goes on from there.
    func ready(_ connection: HTTPConnection, _ event: Event) {
        if !connection.output.isEmpty {
            guard event.isWritable else { return }
        } else if event.isReadable {
            if case .lingering = connection.stage { return discard(connection) }
            guard read(connection) else {
                // A hang-up is no end of what has arrived before it (epoll_ctl(2)).
                return connection.streams.holds(allThatComes: connection.input.readable)
                    ? rest(connection) : close(connection)
            }
        }
        advance(connection)
    }

    /// A connection's turn: serves what is complete and writes the answers, as long as the peer takes them.
    func advance(_ connection: HTTPConnection) {
        if connection.isDue {
            connection.isDue = false
            connection.stopTimer()
        }
        connection.isInTurn = true
        serving = connection
        while !connection.isClosed {
            let outputIsFull = serve(connection)
            guard !connection.isClosed, write(connection), outputIsFull else { break }
        }
        connection.isInTurn = false
        serving = nil
        if connection.isClosed { letGo(of: connection) } else { rest(connection) }
    }

    /// Leaves a connection alone until something happens to it, unless it has said its last.
    func rest(_ connection: HTTPConnection) {
        guard !connection.isClosed else { return }
        if connection.isDone || isDraining && connection.isIdle { finish(connection) }
        guard !connection.isClosed else { return }
        inputLoan.takeBack(from: &connection.input)
        outputLoan.takeBack(from: &connection.output)
        // Whatever a short read means, in the middle of a message there is more to come.
        if !connection.input.isEmpty { loop.isDrained = false }
        watch(connection)
        if connection.givesWay, connections.count >= limits.connections { resumeListeners() }
    }

    /// Reads once; false when the peer has ended or the connection is broken.
    private func read(_ connection: HTTPConnection) -> Bool {
        inputLoan.lend(to: &connection.input)
        var wanted = 4_096
        if case .body(let body) = connection.stage {
            wanted = max(wanted, min(body.missing(in: connection.input), 262_144))
        }
        let room = connection.input.reserve(wanted)
        do {
            switch try connection.socket.read(into: room) {
            case .bytes(let count):
                loop.isDrained = count < room.count
                connection.mayHaveMore = count == room.count
                connection.input.commit(count)
            case .wouldBlock: break
            case .endOfStream: return false
            }
        } catch {
            return false
        }
        return true
    }

    /// Reads and forgets what a refused peer still sends.
    private func discard(_ connection: HTTPConnection) {
        guard read(connection) else { return close(connection) }
        connection.input.removeAll()
        inputLoan.takeBack(from: &connection.input)
    }

    /// Serves one complete request after another, until one waits for its answer or for more bytes; true when it
    /// stopped because enough answers wait to be written.
    private func serve(_ connection: HTTPConnection) -> Bool {
        // The last request's body may still be on its way.
        while !connection.closesAfterOutput || connection.streams.isReceiving, !connection.isClosed {
            if connection.output.count > limits.unsentBytes { return true }
            do {
                switch connection.stage {
                case .head: guard try serveHead(connection) else { return false }
                case .body(let body): guard try serveBody(connection, body) else { return false }
                case .answer: guard try receive(connection) else { return false }
                case .lingering: return false
                }
            } catch {
                switch error {
                case .malformed(let fault): refuse(connection, status: fault.status)
                case .tooLarge: refuse(connection, status: 413)
                }
            }
        }
        return false
    }

    /// Looks for a complete head, and for the body behind it; false when more must come first.
    private func serveHead(_ connection: HTTPConnection) throws(MessageBody.Failure) -> Bool {
        guard !connection.input.isEmpty else { return false }
        guard let (head, length) = try parseHead(connection) else {
            if connection.timer?.isArmed != true { startTimer(of: connection, limits.headTimeout) }
            return false
        }
        connection.stopTimer()
        if try open(connection, head, length) { return true }
        var body = try MessageBody(headLength: length, framing: head.framing, limit: limits.bodyBytes)
        if let extent = try body.advance(&connection.input) {
            handle(connection, head, extent)
            return true
        }
        connection.stage = .body(body)
        startTimer(of: connection, limits.bodyTimeout)
        // RFC 9110, section 10.1.1: no 100 once some of the body has come.
        if head.expectsContinue, connection.input.count == length {
            outputLoan.lend(to: &connection.output)
            connection.output.append("HTTP/1.1 100 Continue\r\n\r\n")
        }
        return false
    }

    /// Looks for the rest of a body; false when more must come first.
    private func serveBody(_ connection: HTTPConnection, _ body: MessageBody) throws(MessageBody.Failure) -> Bool {
        var body = body
        guard let extent = try body.advance(&connection.input) else {
            connection.stage = .body(body)
            return false
        }
        connection.stopTimer()
        // The field table serves every connection, so that the head, known to be good, is read again.
        if let (head, _) = try parseHead(connection) { handle(connection, head, extent) }
        return true
    }

    private func parseHead(_ connection: HTTPConnection) throws(MessageBody.Failure) -> (RequestHead, length: Int)? {
        do {
            switch try parseRequestHead(connection.input.readable, fields: &fields) {
            case .partial: return nil
            case .complete(let head, let length): return (head, length)
            }
        } catch {
            throw .malformed(error)
        }
    }

    /// Hands a complete request to the handler and forgets its bytes.
    private func handle(_ connection: HTTPConnection, _ head: RequestHead, _ extent: MessageBody.Extent) {
        let bytes = connection.input.readable
        let request = HTTPRequest(
            method: head.method(in: bytes), target: head.target(in: bytes), version: head.version,
            fields: head.fields(in: bytes, fields), body: bytes[extent.body],
            trailers: extent.trailers(in: bytes, &trailerFields))
        begin(connection, head, request)
        handler(request, HTTPResponder(connection: connection.id, server: self, exchange: connection.exchange))
        connection.input.consume(extent.end)
        // A flush that made way for blocked answers took this request, still in the buffer, for one that is to come.
        if connection.output.isEmpty { connection.stopTimer() }
    }

    /// Notes what the answer to a request depends on.
    @inline(__always)
    func begin(_ connection: HTTPConnection, _ head: RequestHead, _ request: HTTPRequest) {
        connection.answersHead = request.method == "HEAD"
        connection.version = head.version
        connection.exchange &+= 1
        servedCount &+= 1
        connection.lastServed = servedCount
        connection.stage = .answer
        if !head.isKeepAlive { connection.closesAfterOutput = true }
    }

    /// Asks the loop for the events that the connection's state calls for.
    private func watch(_ connection: HTTPConnection) {
        guard let registration = connection.registration else { return }
        var interest: Interest = .arrivals
        if !connection.output.isEmpty {
            interest = .write
        } else if connection.isAwaitingAnswer {
            // The peer's end is noticed while its answer is awaited, but it cannot fill our memory meanwhile.
            if connection.streams.isPaused {
                interest = .hangUp
            } else if connection.input.count >= HTTPLimits.headBytes {
                interest = .none
            }
        }
        guard interest != connection.interest else { return }
        connection.interest = interest
        do {
            try loop.reregister(registration, for: interest)
        } catch {
            close(connection)
        }
    }
}
