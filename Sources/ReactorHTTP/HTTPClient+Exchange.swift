extension HTTPClient {
    /// The connection, as long as there is one.
    final class Connection {
        let socket: Socket
        var registration: Token?
        var isConnected = false
        /// The interest that the loop was asked for.
        var interest = Interest.write
        /// True once an answer has come over it.
        var isUsed = false
        /// Why nothing more can be written; what the server had to say before that is still read.
        var writeError: Errno?

        init(socket: consuming Socket) { self.socket = socket }
    }

    /// Begins an exchange whose request is encoded in `output`.
    func begin(_ exchange: Exchange) {
        current = exchange
        hasLeft = false
        mayHaveMore = false
        exchange.stream.begin(on: self)
        if let timeout = exchange.timeout {
            if timer == nil {
                timer = loop.makeTimer { [unowned(unsafe) self] in timedOut() }
            }
            timer?.arm(after: timeout)
        }
        if let connection {
            current?.isOnUsedConnection = connection.isUsed
            if connection.isConnected { write() }
        } else {
            connect()
        }
    }

    /// Ends the connection, whatever it is at.
    func disconnect() {
        guard let connection else { return }
        if let registration = connection.registration { loop.deregister(registration) }
        self.connection = nil
        if input.capacity > Self.keptCapacity { input.release() } else { input.removeAll() }
        head = nil
        body = nil
    }

    private func connect() {
        do {
            let connection = Connection(socket: try Socket.connect(to: address))
            connection.registration = try loop.register(connection.socket.descriptor, for: .write) {
                [unowned(unsafe) self] event in ready(event)
            }
            self.connection = connection
        } catch {
            abandon(.cannotConnect(error))
        }
    }

    private func reconnect() {
        disconnect()
        current?.isOnUsedConnection = false
        connect()
    }

    private func ready(_ event: Event) {
        guard let connection else { return }
        if !connection.isConnected {
            do throws(Errno) {
                if let error = try connection.socket.takeError() { throw error }
            } catch {
                return abandon(.cannotConnect(error))
            }
            connection.isConnected = true
            return write()
        }
        if event.isWritable, !output.isEmpty, connection.writeError == nil { write() }
        if event.isReadable, self.connection === connection { read(connection) }
    }

    /// Writes what is left of the request, or of what there is of it.
    func write() {
        guard let connection, let registration = connection.registration else { return }
        do {
            if case .bytes(let count) = try connection.socket.write(output.readable) {
                output.consume(count)
                hasLeft = true
            }
            let interest: Interest = output.isEmpty ? .arrivals : .readAndWrite
            if interest != connection.interest {
                try loop.reregister(registration, for: interest)
                connection.interest = interest
            }
            current?.stream.sent()
        } catch {
            if !hasLeft, current?.isOnUsedConnection == true { return reconnect() }
            // A server may answer and close before it has read everything (RFC 9112, section 9.5): its answer can be
            // there behind the error, and the end of the stream is.
            guard error == .brokenPipe || error == .connectionReset else { return lost(error) }
            connection.writeError = error
            try? loop.reregister(registration, for: .arrivals)
            connection.interest = .arrivals
        }
    }

    private func read(_ connection: Connection) {
        let room = input.reserve(max(4_096, min(body?.missing(in: input) ?? 0, 262_144)))
        do {
            switch try connection.socket.read(into: room) {
            case .bytes(let count):
                loop.isDrained = count < room.count
                mayHaveMore = count == room.count
                input.commit(count)
                receive()
                // Whatever a short read means, in the middle of a message there is more to come.
                if !input.isEmpty { loop.isDrained = false }
            case .wouldBlock:
                break
            case .endOfStream:
                if let extent = body?.atEndOfStream(input) { complete(extent) } else { lost(nil) }
            }
        } catch {
            lost(error)
        }
    }

    /// The time of the request is over, which does not count for what has arrived: this process may have been stopped.
    private func timedOut() {
        if takesMore() { timer?.arm(at: loop.now) } else { abandon(.timedOut) }
    }

    /// Returns true, once for each read, if the last one may have left something; the next round reads on.
    func takesMore() -> Bool {
        defer { mayHaveMore = false }
        return mayHaveMore
    }

    /// The connection has ended. Between requests that is nobody's concern; before a request's first byte has left, the
    /// request is sent over a new one, once.
    private func lost(_ error: Errno?) {
        guard let isOnUsedConnection = current?.isOnUsedConnection else { return disconnect() }
        if !hasLeft, isOnUsedConnection { return reconnect() }
        wasLostUnanswered = input.isEmpty && head == nil
        abandon(.connectionLost(error ?? connection?.writeError))
    }

    /// Looks for a complete response in what was received.
    private func receive() {
        // Nobody asked: the peer and we no longer agree on where messages begin.
        guard let isHead = current?.isHead else { return disconnect() }
        do {
            while head == nil {
                guard case .complete(let found, let length) = try parseHead() else { return }
                if found.isInterim {
                    input.consume(length)
                } else {
                    let framing = found.framing(toHead: isHead)
                    body = try MessageBody(headLength: length, framing: framing, limit: responseLimit)
                    head = found
                }
            }
            if let extent = try body?.advance(&input) { complete(extent) }
        } catch {
            switch error {
            case .malformed(let fault): abandon(.malformedResponse(fault))
            case .tooLarge: abandon(.responseTooLarge)
            }
        }
    }

    private func parseHead() throws(MessageBody.Failure) -> ParseStatus<ResponseHead> {
        do {
            return try parseResponseHead(&input, fields: &fields)
        } catch {
            throw .malformed(error)
        }
    }

    /// Hands out a complete response and goes on to the next request.
    private func complete(_ extent: MessageBody.Extent) {
        guard let exchange = current, let head, let connection else { return }
        // The bytes are held apart while the completion looks at them, since it may send or close.
        var held = Buffer()
        swap(&held, &input)
        let bytes = held.readable
        let response = HTTPResponse(
            status: head.status, fields: head.fields(in: bytes, fields), body: bytes[extent.body],
            trailers: extent.trailers(in: bytes, &trailerFields))

        // After 101 the connection speaks another protocol, for which nobody asked.
        let isLast =
            body?.atEndOfStream(held) != nil || !head.isKeepAlive || head.status == 101 || exchange.isLast
        // Bytes behind the response that nobody asked for, or a request that was answered before it was sent.
        let isOutOfStep = held.count > extent.end || !output.isEmpty || exchange.stream.isOpen
        exchange.stream.end()
        connection.isUsed = true
        endExchange()
        if isLast || isOutOfStep { disconnect() }
        beginNext()
        exchange.completion(.success(response))

        if input.capacity == 0, held.capacity <= Self.keptCapacity {
            held.removeAll()
            swap(&held, &input)
        }
    }

    /// Gives up the current request, and the connection with it.
    private func abandon(_ error: HTTPClientError) {
        disconnect()
        guard let exchange = current else { return }
        endExchange()
        fail(exchange, error)
        beginNext()
    }

    func endExchange() {
        current = nil
        head = nil
        body = nil
        if output.capacity > Self.keptCapacity { output.release() } else { output.removeAll() }
        timer?.cancel()
    }

    /// Begins the requests that wait, up to one that does not fail at once. A failure leads here again; one after
    /// another then, not one inside the other.
    private func beginNext() {
        guard !isBeginning else { return }
        isBeginning = true
        while current == nil, waiting.count > 0 {
            let next = waiting.removeFirst()
            next.bytes.withByteView { output.append($0) }
            begin(next.exchange)
        }
        isBeginning = false
    }

    /// A buffer that one huge message blew up past this is not kept.
    private static var keptCapacity: Int { 65_536 }
}
