extension HTTPConnection {
    /// Writes an answer behind those that wait to be sent, and goes on.
    func respond(_ status: Int, body: ByteView, isChunked: Bool = false, fields: (inout Buffer) -> Void) {
        if state.stream != .none { state.isLast = true }
        keepingAlive {
            encodeHead(status, fields: fields)
            var writer = BodyWriter(
                answering: status, toHead: state.answersHead, of: state.version,
                length: isChunked && state.version != .http10 ? nil : UInt64(body.count), endingHead: &output)
            writer.append(body, to: &output)
            writer.finish(in: &output)
        }
        answered()
    }

    /// Goes on behind a complete answer.
    func answered() {
        guard !isClosed else { return }
        state.answer()
        if !isInTurn { flush() }
    }

    /// Sends what was answered so far.
    func flush() {
        guard !isClosed else { return }
        let hasSentAll = write()
        guard !isInTurn else { return }
        // What the peer has sent meanwhile is served in a turn of its own, from the loop: the caller may be a handler, whose request's
        // fields are in the table that all connections share.
        if hasSentAll, !input.isEmpty, state.takesInput { state.needsTurn = true }
        settle()
    }

    /// Ends the connection of a request that waits for its answer.
    func abort(_ exchange: UInt32, after bytes: ByteView, isReset: Bool) {
        guard state.isAwaiting(exchange) else { return }
        append { $0.append(bytes) }
        _ = write()
        if isReset { try? socket?.resetOnClose() }
        close()
    }

    /// Answers a request that cannot be served, and thereby the last one of its connection.
    func refuse(_ status: Int) {
        state.refuse()
        input.removeAll()
        respond(status, body: .empty, fields: { _ in })
    }

    /// Writes what waits, once; true when nothing waits any more.
    func write() -> Bool {
        guard !output.isEmpty else { return true }
        do {
            if case .bytes(let count) = try socket!.write(output.readable) {
                output.consume(count)
                state.wrote(count)
                outgoing?.sent()
            }
        } catch {
            guard state.stream != .none else {
                close()
                return false
            }
            // The peer does not listen any more, but the rest of what it has sent may lie in the socket.
            state.isLast = true
            output.removeAll()
            outgoing?.sent()
        }
        return output.isEmpty
    }

    /// Writes what waits, or the first part of it, with two descriptors beside it.
    func write(passing first: borrowing FileDescriptor, _ second: borrowing FileDescriptor) throws(Errno) {
        guard !isClosed, !output.isEmpty else { throw .brokenPipe }
        let result = try socket!.write(output.readable, passing: first, second)
        guard case .bytes(let count) = result else { throw .wouldBlock }
        output.consume(count)
        state.wrote(count)
    }

    /// Ends a connection whose last answer was written, in stages: what the peer still sends is read and forgotten until it has
    /// ended the connection, too. Bytes that nobody reads would reset the connection, and the reset may overtake the answer
    /// (RFC 9112, section 9.6); that none have come yet says nothing.
    func finish() {
        endReceiving()
        state.linger()
        input.removeAll()
        do {
            try socket!.shutdownWriting()
        } catch {
            close()
        }
    }

    /// Appends to what is to be written.
    func append(_ encode: (inout Buffer) -> Void) {
        context.outputBuffer.lend(to: &output)
        encode(&output)
    }

    /// Appends a head without its framing and without its end.
    @inline(__always)
    func encodeHead(_ status: Int, fields: (inout Buffer) -> Void) {
        context.outputBuffer.lend(to: &output)
        output.appendStatusLine(status)
        let start = output.count
        fields(&output)
        if isRetired { state.isLast = true }
        if output.count > start, asksToClose(output.readable.dropFirst(start)) {
            state.isLast = true
        } else if state.isLast {
            output.appendField("Connection", "close")
        } else if state.version == .http10 {
            output.appendField("Connection", "keep-alive")
        }
    }
}
