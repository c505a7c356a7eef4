#if !NO_STREAMS
extension HTTPResponder {
    /// Answers with a body that is written over time.
    ///
    /// Without a length the body is framed as chunks (RFC 9112, section 7.1), and by the connection's end for a peer of HTTP/1.0.
    /// When ``isOpen`` is false, so is the stream's.
    ///
    /// - Parameters:
    ///   - status: the status code, 200 to 599.
    ///   - contentLength: the body's length where it is known; exactly so many bytes must be written then.
    ///   - unsentLimit: the most bytes that are kept for the kernel; the framing of one chunk and the trailers may come on top.
    ///   - fields: as in ``respond(_:body:isChunked:fields:)``; `Trailer` announces what ``HTTPResponseStream/finish(trailers:)``
    ///     appends.
    public func stream(
        _ status: Int, contentLength: UInt64? = nil, unsentLimit: Int = 65_536,
        fields: (inout Buffer) -> Void = { _ in }
    ) -> HTTPResponseStream {
        precondition(status >= 200 && status <= 599, "not the status of a final answer")
        precondition(unsentLimit > 0, "a stream without room")
        let stream = HTTPResponseStream(limit: unsentLimit, server: server)
        server.open(stream, status, contentLength, for: exchange, on: connection, fields: fields)
        return stream
    }
}

/// The body of an answer that is written over time (``HTTPResponder/stream(_:contentLength:unsentLimit:fields:)``).
///
/// Bytes that the kernel does not take are kept, up to the stream's limit; then ``write(_:)`` takes less than it is
/// given, and ``onWritable`` tells when to go on. A stream that is never finished holds its connection. It belongs to
/// the loop's thread.
public final class HTTPResponseStream {
    /// The way in which the body's end is told.
    enum Framing {
        /// There is no body: the answer to HEAD, 204 and 304. What is written goes nowhere.
        case none
        case chunked
        /// So many bytes are still to be written.
        case length(UInt64)
        case untilClose
    }

    /// Called on the loop, never inside a call of the stream, when there is room again after ``write(_:)`` took less than it was
    /// given; not after the stream has ended.
    public var onWritable: (() -> Void)?

    /// Called once on the loop, never inside a call of the stream, when the connection has ended before the stream was finished:
    /// the peer has gone, does not read, or the server was closed.
    public var onLoss: (() -> Void)?

    var framing = Framing.none
    private let limit: Int
    private unowned(unsafe) let server: HTTPServer
    /// Nil once the stream has ended.
    private(set) var connection: HTTPConnection?
    private var isFinished = false
    private var isShort = false

    init(limit: Int, server: HTTPServer) {
        self.limit = limit
        self.server = server
    }

    /// True if more can be written, now or later.
    public var isOpen: Bool { connection?.isClosed == false }

    /// Bytes that the kernel has not taken yet, the framing included.
    public var unsentCount: Int { connection?.output.count ?? 0 }

    /// Takes as much of `bytes` as there is room for. Inside a handler's call it is sent when the handler has returned or the room
    /// is used up, otherwise at once.
    ///
    /// - Returns: the number of bytes taken, from the front. When it is less than was given, ``onWritable`` is called later; when
    ///   the stream has ended it is zero, and there is nothing more to come.
    public func write(_ bytes: ByteView) -> Int {
        precondition(!isFinished, "written to a stream that was finished")
        var taken = 0
        while taken < bytes.count, let connection, !connection.isClosed {
            if connection.output.count >= limit, !connection.isBlocked { _ = server.write(connection) }
            let room = limit - connection.output.count
            guard room > 0, !connection.isClosed else {
                isShort = true
                break
            }
            let piece = bytes[taken..<min(bytes.count, taken + room)]
            append(piece, to: connection)
            taken += piece.count
        }
        return taken
    }

    /// Ends the body, with the trailer fields that the closure appends, where it is framed as chunks; the head should have announced
    /// them (RFC 9110, section 6.6.2). Fields on framing, routing or the connection are no trailers (section 6.5.1), and trap. The
    /// connection then serves the next request. Nothing happens when the stream has ended already.
    public func finish(trailers: (inout Buffer) -> Void = { _ in }) {
        precondition(!isFinished, "finished twice")
        isFinished = true
        guard let connection, !connection.isClosed else { return }
        switch framing {
        case .none: break
        case .chunked:
            server.deferringEnd(of: connection) {
                server.append(to: connection) { $0.appendLastChunk(withCallersTrailers: trailers) }
            }
            // The server may be gone.
            guard !connection.isClosed else { return }
        case .length(let missing): precondition(missing == 0, "less was written than the length says")
        case .untilClose: connection.closesAfterOutput = true
        }
        end()
        server.finishStream(of: connection)
    }

    /// Ends the connection instead of the body, which the peer sees cut short. Nothing happens when the stream has ended already.
    public func abort() {
        guard let connection else { return }
        isFinished = true
        end()
        server.close(connection)
    }

    private func append(_ piece: ByteView, to connection: HTTPConnection) {
        let isFirst = connection.output.isEmpty
        switch framing {
        case .none: return
        case .chunked: server.append(to: connection) { $0.appendChunk(piece) }
        case .length(let missing):
            precondition(UInt64(piece.count) <= missing, "more was written than the length says")
            framing = .length(missing - UInt64(piece.count))
            server.append(to: connection) { $0.append(piece) }
        case .untilClose: server.append(to: connection) { $0.append(piece) }
        }
        // Where something is unsent, the loop knows of it and calls when it can go.
        if isFirst, !connection.isInTurn { server.flush(connection.id) }
    }

    /// Its connection is this one, as long as it lasts.
    func begin(on connection: HTTPConnection, _ framing: Framing) {
        self.connection = connection
        self.framing = framing
    }

    /// Calls ``onWritable`` if that was promised and half of the room is free, so that what follows are no crumbs.
    func sent() {
        guard isShort, let connection, connection.output.count <= limit / 2 else { return }
        isShort = false
        server.loop.enqueue { [self] in if isOpen { onWritable?() } }
    }

    /// The connection has ended.
    func lose() {
        guard connection != nil else { return }
        let told = onLoss
        end()
        if let told { server.loop.enqueue(told) }
    }

    private func end() {
        connection = nil
        onWritable = nil
        onLoss = nil
    }
}
#endif
