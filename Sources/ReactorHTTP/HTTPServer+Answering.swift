extension HTTPServer {
    func isAwaiting(_ exchange: UInt32, on id: ConnectionID) -> Bool {
        awaiting(exchange, on: id) != nil
    }

    /// The connection, if it still waits for the answer to this exchange.
    func awaiting(_ exchange: UInt32, on id: ConnectionID) -> HTTPConnection? {
        guard let connection = connection(id), !connection.isClosed, connection.isAwaitingAnswer,
            connection.exchange == exchange
        else { return nil }
        return connection
    }

    /// The connection of a name. It is mostly the one whose turn it is, which is known without a look at the table: that is
    /// generic, and in an ordinary build another module's is not specialized: two look-ups took half a microsecond.
    private func connection(_ id: ConnectionID) -> HTTPConnection? {
        if let serving, serving.id == id { return serving }
        return connections[id.token]
    }

    func respond(
        _ status: Int, body: ByteView, isChunked: Bool, to exchange: UInt32, on id: ConnectionID,
        fields: (inout Buffer) -> Void
    ) {
        precondition(status >= 200 && status <= 599, "not the status of a final answer")
        guard let connection = awaiting(exchange, on: id) else { return }
        guard connection.isInTurn else {
            deferringEnd(of: connection) {
                encode(status, body: body, isChunked: isChunked, for: connection, fields: fields)
            }
            return answered(connection)
        }
        encode(status, body: body, isChunked: isChunked, for: connection, fields: fields)
        connection.stage = .head
    }

    /// Calls `encode`, which has a caller's closure append to what the connection is to send. Should the closure end the connection,
    /// the rest waits until it has returned, as it does in a turn.
    func deferringEnd(of connection: HTTPConnection, _ encode: () -> Void) {
        guard !connection.isInTurn else { return encode() }
        connection.isInTurn = true
        encode()
        connection.isInTurn = false
        if connection.isClosed { letGo(of: connection) }
    }

    /// Goes on behind a complete answer.
    func answered(_ connection: HTTPConnection) {
        connection.stage = .head
        guard !connection.isInTurn, !connection.isClosed else { return }
        // Answered later. What the peer has sent meanwhile is served in a turn of its own, from the loop: the caller may
        // be a handler, whose request's fields are in the table that all connections share.
        if write(connection), !connection.closesAfterOutput, !connection.input.isEmpty {
            connection.isDue = true
            startTimer(of: connection, .zero)
        }
        rest(connection)
    }

    /// Sends what was answered so far.
    func flush(_ id: ConnectionID) {
        guard let connection = connection(id), !connection.isClosed else { return }
        _ = write(connection)
        if !connection.isInTurn { rest(connection) }
    }

    /// Ends the connection of a request that waits for its answer.
    func abort(_ exchange: UInt32, on id: ConnectionID, after bytes: ByteView, isReset: Bool) {
        guard isAwaiting(exchange, on: id), let connection = connections[id.token] else { return }
        outputLoan.lend(to: &connection.output)
        connection.output.append(bytes)
        _ = write(connection)
        if isReset { try? connection.socket.resetOnClose() }
        close(connection)
    }

    /// Answers a request that cannot be served, and thereby the last one of its connection.
    func refuse(_ connection: HTTPConnection, status: Int) {
        connection.closesAfterOutput = true
        connection.answersHead = false
        connection.stage = .lingering
        connection.input.removeAll()
        encode(status, body: .empty, for: connection, fields: { _ in })
    }

    /// Writes what waits, once; true when nothing waits any more.
    func write(_ connection: HTTPConnection) -> Bool {
        guard !connection.output.isEmpty else { return true }
        do {
            if case .bytes(let count) = try connection.socket.write(connection.output.readable) {
                connection.output.consume(count)
                connection.streams.sent()
            }
        } catch {
            guard connection.streams.isReceiving else {
                close(connection)
                return false
            }
            // The peer does not listen any more, but the rest of what it has sent may lie in the socket.
            connection.closesAfterOutput = true
            connection.output.removeAll()
            connection.streams.sent()
        }
        guard connection.output.isEmpty else {
            connection.isBlocked = true
            startTimer(of: connection, limits.writeTimeout)
            return false
        }
        if connection.isBlocked {
            connection.isBlocked = false
            restartTimer(of: connection)
        }
        return true
    }

    /// Ends a connection whose last answer was written, in stages: what the peer still sends is read and forgotten until it has
    /// ended the connection, too. Bytes that nobody reads would reset the connection, and the reset may overtake the answer
    /// (RFC 9112, section 9.6); that none have come yet says nothing.
    func finish(_ connection: HTTPConnection) {
        connection.streams.endReceiving(on: loop)
        connection.stage = .lingering
        connection.input.removeAll()
        do {
            try connection.socket.shutdownWriting()
            startTimer(of: connection, limits.lingerTimeout)
        } catch {
            close(connection)
        }
    }

    /// Puts the timer back to what it bounded before a write that took its time.
    private func restartTimer(of connection: HTTPConnection) {
        switch connection.stage {
        case .head where !connection.input.isEmpty: startTimer(of: connection, limits.headTimeout)
        case .body: startTimer(of: connection, limits.bodyTimeout)
        case .answer: startBodyTimer(of: connection)
        case .head, .lingering: connection.stopTimer()
        }
    }

    private func encode(
        _ status: Int, body: ByteView, isChunked: Bool = false, for connection: HTTPConnection,
        fields: (inout Buffer) -> Void
    ) {
        if connection.streams.isReceiving { connection.closesAfterOutput = true }
        encodeHead(status, for: connection, fields: fields)
        // RFC 9110, section 8.6: no Content-Length with 204; a 304 has no body either.
        let hasBody = status != 204 && status != 304
        // RFC 9112, section 6.1: no Transfer-Encoding to a peer that may not know it.
        let isChunked = isChunked && connection.version != .http10
        if hasBody {
            if isChunked {
                connection.output.appendField("Transfer-Encoding", ByteView("chunked"))
            } else if body.isEmpty {
                connection.output.append("Content-Length: 0\r\n")
            } else {
                connection.output.appendField("Content-Length", UInt64(body.count))
            }
        }
        connection.output.appendEndOfHead()
        guard hasBody, !connection.answersHead else { return }
        guard isChunked else { return connection.output.append(body) }
        connection.output.appendChunk(body)
        connection.output.appendLastChunk()
    }

    /// Appends a head without its framing and without its end.
    @inline(__always)
    func encodeHead(_ status: Int, for connection: HTTPConnection, fields: (inout Buffer) -> Void) {
        outputLoan.lend(to: &connection.output)
        connection.output.appendStatusLine(status)
        let start = connection.output.count
        fields(&connection.output)
        if isDraining { connection.closesAfterOutput = true }
        if connection.output.count > start, asksToClose(connection.output.readable.dropFirst(start)) {
            connection.closesAfterOutput = true
        } else if connection.closesAfterOutput {
            connection.output.appendField("Connection", "close")
        } else if connection.version == .http10 {
            connection.output.appendField("Connection", "keep-alive")
        }
    }
}
