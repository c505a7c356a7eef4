extension HTTPServer {
    func isOpen(_ connection: HTTPConnection) -> Bool { connections[connection.id.token] != nil }

    func isAwaiting(_ exchange: UInt32, on id: ConnectionID) -> Bool {
        guard let connection = connections[id.token] else { return false }
        return connection.isAwaitingAnswer && connection.exchange == exchange
    }

    func respond(
        _ status: Int, body: ByteView, to exchange: UInt32, on id: ConnectionID, fields: (inout Buffer) -> Void
    ) {
        guard isAwaiting(exchange, on: id), let connection = connections[id.token] else { return }
        encode(status, body: body, for: connection, fields: fields)
        connection.stage = .head
        // Answered later: what the peer has sent meanwhile is served now, in a turn of its own.
        if !connection.isInTurn { advance(connection) }
    }

    /// Sends what was answered so far.
    func flush(_ id: ConnectionID) {
        if let connection = connections[id.token] { _ = write(connection) }
    }

    /// Answers a request that cannot be served, and thereby the last one of its connection.
    func refuse(_ connection: HTTPConnection, status: Int) {
        connection.closesAfterOutput = true
        connection.answersHead = false
        connection.stage = .lingering
        connection.input.removeAll()
        encode(status, body: .empty, for: connection, fields: { _ in })
        startTimer(of: connection, limits.lingerTimeout)
    }

    /// Writes what waits, once, and ends a connection that has said its last; true when nothing waits any more.
    func write(_ connection: HTTPConnection) -> Bool {
        guard !connection.output.isEmpty else { return true }
        do {
            if case .bytes(let count) = try connection.socket.write(connection.output.readable) {
                connection.output.consume(count)
            }
        } catch {
            close(connection)
            return false
        }
        guard connection.output.isEmpty else {
            startTimer(of: connection, limits.writeTimeout)
            return false
        }
        if connection.closesAfterOutput, !connection.isAwaitingAnswer { finish(connection) }
        return true
    }

    /// Ends a connection whose last answer was written: gently after a refusal, when the peer may still be sending.
    /// Closing with unread bytes resets the connection, and the reset may overtake the answer (RFC 9112, section 9.6).
    private func finish(_ connection: HTTPConnection) {
        guard case .lingering = connection.stage else { return close(connection) }
        do {
            try connection.socket.shutdownWriting()
        } catch {
            close(connection)
        }
    }

    private func encode(
        _ status: Int, body: ByteView, for connection: HTTPConnection, fields: (inout Buffer) -> Void
    ) {
        if isDraining { connection.closesAfterOutput = true }
        outputLoan.lend(to: &connection.output)
        connection.output.appendStatusLine(status)
        fields(&connection.output)
        if connection.closesAfterOutput {
            connection.output.appendField("Connection", "close")
        } else if connection.version == .http10 {
            connection.output.appendField("Connection", "keep-alive")
        }
        // RFC 9110, section 8.6: no Content-Length with 204; a 304 has no body either.
        let hasBody = status != 204 && status != 304
        if hasBody { connection.output.appendField("Content-Length", UInt64(body.count)) }
        connection.output.appendEndOfHead()
        if hasBody, !connection.answersHead { connection.output.append(body) }
    }
}
