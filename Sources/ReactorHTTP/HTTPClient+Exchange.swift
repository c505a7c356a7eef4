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
        /// True once the socket's reads wait, unless they are asked not to.
        private var blocks = false

        /// Makes reads wait; false if the kernel refuses.
        func block(noLongerThan limit: Duration) -> Bool {
            if !blocks { blocks = (try? socket.block(noLongerThan: limit)) != nil }
            return blocks
        }

        init(socket: consuming Socket) { self.socket = socket }
    }

    /// Begins an exchange, or puts it at the end of those that wait; `encode` appends its request, and returns true if that is the
    /// last one of its connection.
    func start(_ exchange: Exchange, _ stream: BodyStream? = nil, _ encode: (inout Buffer) -> Bool) {
        var exchange = exchange
        guard current == nil else {
            var bytes = Buffer(capacity: 256)
            exchange.isLast = encode(&bytes)
            if isClosed { return refuse(exchange, stream) }
            return waiting.append(Waiting(exchange: exchange, stream: stream, bytes: bytes.readable.array))
        }
        exchange.isLast = encode(&output)
        if isClosed {
            output.removeAll()
            return refuse(exchange, stream)
        }
        exchange.isOnUsedConnection = connection?.isUsed == true
        current = exchange
        self.stream = stream
        hasLeft = false
        mayHaveMore = false
        stream?.begin(on: self)
        if let timeout = exchange.timeout { bound(timeout) }
        guard let connection else { return connect() }
        if connection.isConnected { write() }
    }

    /// The client is closed, or was by the caller's closure that appends fields.
    private func refuse(_ exchange: Exchange, _ stream: BodyStream?) {
        stream?.end()
        fail(exchange, .closed)
    }

    private func bound(_ timeout: Duration) {
        if timer == nil { timer = loop.makeTimer { [unowned(unsafe) self] in timedOut() } }
        timer?.arm(after: timeout)
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
            connection.registration = try loop.registerReader(connection.socket.descriptor, for: .write) {
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

    private func ready(_ event: Event) -> ReadOutcome {
        guard let connection else { return .mayHaveMore }
        if !connection.isConnected {
            do throws(Errno) {
                if let error = try connection.socket.takeError() { throw error }
                connection.isConnected = true
                write()
            } catch {
                abandon(.cannotConnect(error))
            }
            return .mayHaveMore
        }
        if event.isWritable, !output.isEmpty, connection.writeError == nil { write() }
        guard event.isReadable, self.connection === connection else { return .mayHaveMore }
        return read(connection) ?? .mayHaveMore
    }

    /// Writes what is left of the request, or of what there is of it.
    func write() {
        guard let connection, let registration = connection.registration else { return }
        do {
            if case .bytes(let count) = try connection.socket.writeWithoutWaiting(output.readable) {
                output.consume(count)
                hasLeft = true
            }
            let interest: Interest = output.isEmpty ? .arrivals : .readAndWrite
            if interest != connection.interest {
                try loop.reregister(registration, for: interest)
                connection.interest = interest
            }
            stream?.sent()
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

    /// Blocks the thread until something of the answer has come, and reads it: for whoever waits for nothing but this answer,
    /// which saves the calls of the loop.
    ///
    /// - Parameter limit: the longest wait, as long for every call.
    /// - Returns: false when nothing has come within that time, and at once where something else is to be waited for, a connection,
    ///   say, or a time limit, or where there is an outcome to be reported: then the loop must be run.
    package func readBlocking(noLongerThan limit: Duration) -> Bool {
        guard hasWritten, current?.timeout == nil, let connection, connection.block(noLongerThan: limit) else {
            return false
        }
        return read(connection, waits: true) != nil
    }

    /// Reads once; nil when there was nothing.
    private func read(_ connection: Connection, waits: Bool = false) -> ReadOutcome? {
        let missing = body?.missing(in: input, behind: headLength) ?? 0
        let free = input.reserve(max(4_096, Int(min(missing, 262_144))))
        do {
            switch try waits ? connection.socket.read(into: free) : connection.socket.readWithoutWaiting(into: free) {
            case .bytes(let count):
                let filledItsRoom = count == free.count
                mayHaveMore = filledItsRoom
                input.commit(count)
                receive()
                // Whatever a short read means, in the middle of a message there is more to come.
                return filledItsRoom || !input.isEmpty ? .mayHaveMore : .drained
            case .wouldBlock:
                mayHaveMore = false
                return nil
            case .endOfStream:
                if let extent = body?.extentAtEndOfStream(in: input, behind: headLength) {
                    complete(extent)
                } else {
                    lost(nil)
                }
            }
        } catch {
            lost(error)
        }
        return .mayHaveMore
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
                    body = try BodyReader(found.framing(toHead: isHead), limit: UInt64(responseLimit))
                    headLength = length
                    head = found
                }
            }
            if let extent = try body?.gather(in: &input, behind: headLength) { complete(extent) }
        } catch {
            switch error {
            case .malformed(let fault): abandon(.malformedResponse(fault))
            case .tooLarge: abandon(.responseTooLarge)
            }
        }
    }

    private func parseHead() throws(BodyFault) -> ParseStatus<ResponseHead> {
        do {
            return try parseResponseHead(&input, fields: &fields)
        } catch {
            throw .malformed(error)
        }
    }

    /// Hands out a complete response and goes on to the next request.
    private func complete(_ extent: BodyExtent) {
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
            body?.framing == .untilClose || !head.isKeepAlive || head.status == 101 || exchange.isLast
        // Bytes behind the response that nobody asked for, or a request that was answered before it was sent.
        let isOutOfStep = held.count > extent.end || !output.isEmpty || stream?.isOpen == true
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
        stream?.end()
        stream = nil
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
            start(next.exchange, next.stream) { buffer in
                next.bytes.withByteView { buffer.append($0) }
                return next.exchange.isLast
            }
        }
        isBeginning = false
    }

    /// A buffer that one huge message blew up past this is not kept.
    private static var keptCapacity: Int { 65_536 }
}
