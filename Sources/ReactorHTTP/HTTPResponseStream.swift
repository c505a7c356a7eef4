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
        let stream = HTTPResponseStream(limit: unsentLimit)
        owner.open(stream, status, contentLength, for: exchange, fields: fields)
        return stream
    }
}

/// The body of an answer that is written over time (``HTTPResponder/stream(_:contentLength:unsentLimit:fields:)``).
///
/// Bytes that the kernel does not take are kept, up to the stream's limit; then ``write(_:)`` takes less than it is
/// given, and ``onWritable`` is called when to continue. A stream that is never finished holds its connection. It
/// belongs to the loop's thread.
public final class HTTPResponseStream {
    /// Called on the loop, never inside a call of the stream, when there is room again after ``write(_:)`` took less than it was
    /// given; not after the stream has ended.
    public var onWritable: (() -> Void)?

    /// Called once on the loop, never inside a call of the stream, when the connection has ended before the stream was finished:
    /// the peer has gone, does not read, or the server was closed.
    public var onLoss: (() -> Void)?

    private var room: StreamRoom
    /// Nil until the stream begins, which it never does for a request that was answered.
    private var writer: BodyWriter?
    /// Nil once the stream has ended.
    private var connection: HTTPConnection?
    private var isFinished = false

    init(limit: Int) { room = StreamRoom(limit: limit) }

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
            if connection.output.count >= room.limit, !connection.isBlocked { _ = connection.write() }
            let free = room.free(behind: connection.output.count)
            guard free > 0, !connection.isClosed else { break }
            let piece = bytes[taken..<min(bytes.count, taken + free)]
            append(piece, to: connection)
            taken += piece.count
        }
        return taken
    }

    /// Ends the body, with the trailer fields that the closure appends, where it is framed as chunks; the head should
    /// have announced them (RFC 9110, section 6.6.2). Fields on framing, routing or the connection are no trailers
    /// (section 6.5.1), and trap. The connection then serves the next request. Nothing happens when the stream has
    /// ended already.
    public func finish(trailers: (inout Buffer) -> Void = { _ in }) {
        precondition(!isFinished, "finished twice")
        isFinished = true
        guard let connection, !connection.isClosed else { return }
        connection.keepingAlive {
            connection.append { writer?.finish(in: &$0, trailers: { $0.appendTrailers(trailers) }) }
        }
        // The server may be gone.
        guard !connection.isClosed else { return }
        end()
        connection.finishStream()
    }

    /// Ends the connection instead of the body, which the peer sees cut short. Nothing happens when the stream has ended already.
    public func abort() {
        guard let connection else { return }
        isFinished = true
        end()
        connection.close()
    }

    private func append(_ piece: ByteView, to connection: HTTPConnection) {
        guard writer?.framing != BodyFraming.none else { return }
        let isFirst = connection.output.isEmpty
        connection.append { writer?.append(piece, to: &$0) }
        // Where something is unsent, the loop knows of it and calls when it can go.
        if isFirst, !connection.isInTurn { connection.flush() }
    }

    /// Its connection is this one, as long as it lasts.
    func begin(on connection: HTTPConnection, _ writer: BodyWriter) {
        self.connection = connection
        self.writer = writer
    }

    /// Something was written: calls ``onWritable`` if there is room again.
    func sent() {
        guard let connection, room.isFreeAgain(behind: connection.output.count) else { return }
        connection.context.loop.enqueue { [self] in if isOpen { onWritable?() } }
    }

    /// The connection has ended.
    func lose(on loop: EventLoop) {
        guard connection != nil else { return }
        let report = onLoss
        end()
        if let report { loop.enqueue(report) }
    }

    private func end() {
        connection = nil
        onWritable = nil
        onLoss = nil
    }
}
