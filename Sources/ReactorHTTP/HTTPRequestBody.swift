#if !NO_STREAMS
/// Why the body of a request did not come to its end.
public enum HTTPRequestBodyError: Error, Equatable, Sendable {
    /// The peer has gone, or the server was closed.
    case connectionLost
    /// The request was answered before its body was complete; the rest is not read.
    case answered
    /// Nothing came for as long as ``HTTPServer/Limits/bodyTimeout``; answered with 408.
    case timedOut
    /// The body is larger than its route takes; answered with 413.
    case tooLarge
    /// The framing breaks HTTP; answered with the fault's status.
    case malformed(HTTPParseError)
}

/// The body of a request, handed out piece by piece while it arrives (``HTTPRouter/stream(_:_:limit:handler:)``).
///
/// Nothing is gathered: a piece is at most what one read gives, some 20 KB, and while the body is paused nothing is read, so that
/// the peer is held up by its own kernel. It belongs to the loop's thread.
public final class HTTPRequestBody {
    /// Called on the loop with each piece, never with none; the view is valid during the call. Not called while paused.
    public var onPiece: ((ByteView) -> Void)?

    /// Called once on the loop, when the body is complete, with its trailer fields, which are valid during the call; or when
    /// it never will be.
    public var onEnd: ((Result<HTTPFields, HTTPRequestBodyError>) -> Void)?

    /// True while nothing is read and handed out.
    public private(set) var isPaused = false

    /// The most bytes of the body, decoded.
    let limit: UInt64
    private let framing: BodyFraming
    private var decoder = ChunkedDecoder()
    private unowned(unsafe) let server: HTTPServer
    /// Nil once the body has ended.
    private var connection: HTTPConnection?

    /// Bytes handed out so far.
    public private(set) var count: UInt64 = 0

    init(framing: BodyFraming, limit: UInt64, server: HTTPServer, connection: HTTPConnection) {
        self.framing = framing
        self.limit = limit
        self.server = server
        self.connection = connection
    }

    /// The length that the peer has announced; nil for a chunked body, whose length shows at its end.
    public var announcedCount: UInt64? {
        switch framing {
        case .none: 0
        case .length(let length): length
        case .chunked, .untilClose: nil
        }
    }

    /// Stops the pieces, for a consumer that is busy with those it has: what is not read fills the kernel's buffers, and then
    /// the peer waits.
    public func pause() { isPaused = true }

    /// Goes on after ``pause()``, from the loop and not inside this call.
    public func resume() {
        guard isPaused else { return }
        isPaused = false
        // Of a connection that has ended the end is about to be told, and the server may be gone.
        if let connection, !connection.isClosed { server.resumeReceiving(connection) }
    }

    /// True once the end was told.
    var hasEnded: Bool { connection == nil }

    /// True if bytes are still to come that belong to this message.
    var expectsMore: Bool {
        switch framing {
        case .none, .untilClose: false
        case .length(let length): count < length
        case .chunked: !decoder.isComplete
        }
    }

    /// Returns true if bytes that have arrived hold the rest of the body, or what breaks it.
    func isDecided(by bytes: ByteView) -> Bool {
        if case .length(let length) = framing { return length - count <= UInt64(bytes.count) }
        var decoder = decoder
        var rest = bytes
        while let step = try? decoder.decode(rest) {
            switch step {
            case .data(let range): rest = rest.dropFirst(range.upperBound)
            case .partial: return false
            case .end: return true
            }
        }
        return true
    }

    /// Hands out what has arrived, unless the consumer pauses or has answered, and forgets it.
    func advance() throws(HTTPRequestBodyError) {
        while !isPaused, expectsMore, let connection, !connection.isClosed, connection.isAwaitingAnswer,
            !connection.input.isEmpty
        {
            if case .length(let length) = framing {
                let piece = connection.input.readable[0..<Int(min(length - count, UInt64(connection.input.count)))]
                handOut(piece)
                connection.input.consume(piece.count)
            } else if try !decode(connection) {
                return
            }
        }
        finishIfComplete()
    }

    /// Tells the end of a complete body, unless the connection has been closed, of which the server tells.
    func finishIfComplete() {
        if !expectsMore, connection?.isClosed == false { end(.success(.empty)) }
    }

    private func handOut(_ piece: ByteView) {
        count += UInt64(piece.count)
        onPiece?(piece)
    }

    /// One step of the chunks; false when more must come first.
    private func decode(_ connection: HTTPConnection) throws(HTTPRequestBodyError) -> Bool {
        let bytes = connection.input.readable
        let step: ChunkedDecoder.Step
        do {
            step = try decoder.decode(bytes)
        } catch {
            throw .malformed(error)
        }
        switch step {
        case .data(let range):
            guard UInt64(range.count) <= limit - count else { throw .tooLarge }
            handOut(bytes[range])
            connection.input.consume(range.upperBound)
            return true
        case .partial(let consumed):
            connection.input.consume(consumed)
            return false
        case .end(let range):
            end(.success(trailers(bytes[range])))
            connection.input.consume(range.upperBound)
            return false
        }
    }

    /// The decoder has read them, and found them good.
    private func trailers(_ bytes: ByteView) -> HTTPFields {
        guard let status = try? parseTrailers(bytes, fields: &server.trailerFields),
            case .complete(let fields, _) = status
        else { return .empty }
        return fields
    }

    /// Tells the end, once.
    func end(_ outcome: Result<HTTPFields, HTTPRequestBodyError>) {
        guard connection != nil else { return }
        connection = nil
        let told = onEnd
        onPiece = nil
        onEnd = nil
        told?(outcome)
    }
}
#endif
