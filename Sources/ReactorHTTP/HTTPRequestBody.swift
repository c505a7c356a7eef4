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

    init(_ fault: BodyFault) {
        self =
            switch fault {
            case .malformed(let fault): .malformed(fault)
            case .tooLarge: .tooLarge
            }
    }
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

    private(set) var reader: BodyReader
    /// Nil once the body has ended.
    private var connection: HTTPConnection?

    init(_ reader: BodyReader, connection: HTTPConnection) {
        self.reader = reader
        self.connection = connection
    }

    /// Bytes handed out so far.
    public var count: UInt64 { reader.count }

    /// The length that the peer has announced; nil for a chunked body, whose length shows at its end.
    public var announcedCount: UInt64? {
        switch reader.framing {
        case .none: 0
        case .length(let length): length
        case .chunked, .untilClose: nil
        }
    }

    /// Stops the pieces, for a consumer that is busy with those it has: what is not read fills the kernel's buffers, and then
    /// the peer waits.
    public func pause() {
        isPaused = true
        connection?.pauseOrResume()
    }

    /// Goes on after ``pause()``, from the loop and not inside this call.
    public func resume() {
        guard isPaused else { return }
        isPaused = false
        connection?.pauseOrResume()
    }

    /// True once the end was reported.
    var hasEnded: Bool { connection == nil }

    /// True if no byte is still to come that belongs to this message.
    var isComplete: Bool { reader.isComplete }

    /// Hands out what has arrived, unless the consumer pauses or has answered, and forgets it.
    func advance() throws(BodyFault) {
        while !isPaused, !isComplete, let connection, connection.state.stage == .answering, !connection.input.isEmpty {
            let bytes = connection.input.readable
            let step = try reader.next(in: bytes)
            // The consumer may answer in what it is called for, and an answer behind a complete body is not the connection's last.
            connection.noteStream()
            switch step {
            case .piece(let range):
                onPiece?(bytes[range])
                connection.input.consume(range.upperBound)
            case .needsMore(let consumed):
                return connection.input.consume(consumed)
            case .end(let trailers):
                end(.success(goodTrailers(bytes[trailers], &connection.context.trailerFields)))
                return connection.input.consume(trailers.upperBound)
            }
        }
        finishIfComplete()
    }

    /// Reports the end of a complete body, unless the connection has been closed, which reports its own.
    func finishIfComplete() {
        if isComplete, connection?.isClosed == false { end(.success(.empty)) }
    }

    /// Reports the end, once.
    func end(_ outcome: Result<HTTPFields, HTTPRequestBodyError>) {
        guard connection != nil else { return }
        connection = nil
        let report = onEnd
        onPiece = nil
        onEnd = nil
        report?(outcome)
    }
}
