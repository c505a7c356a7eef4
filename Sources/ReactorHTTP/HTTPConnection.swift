/// One accepted connection: its socket, what it still has to read and to write, and where it stands.
///
/// An idle connection has no buffers of its own; the server lends it its own while it is served.
final class HTTPConnection {
    /// The stage of a connection between two events.
    enum Stage {
        /// Waiting for a head, or for the rest of one.
        case head
        /// Waiting for the rest of a body.
        case body(MessageBody)
        /// Waiting for its owner's answer.
        case answer
        /// Everything was said; the peer may finish sending, so that it reads our last answer before a reset.
        case lingering
    }

    let socket: Socket
    var id = ConnectionID(token: Token(slot: .max, generation: 0))
    var registration: Token?
    /// The interest that the loop was asked for.
    var interest = Interest.arrivals
    // Release builds leave out the run-time check of exclusive access, which takes a twentieth of a server's time.
    #if !DEBUG
    @exclusivity(unchecked)
    #endif
    var stage = Stage.head
    #if !DEBUG
    @exclusivity(unchecked)
    #endif
    var input = Buffer()
    /// True if the last read filled its room.
    var mayHaveMore = false
    var output = Buffer()
    /// Counts the requests, so that a responder cannot answer a later one.
    var exchange: UInt32 = 0
    /// The head of the request being answered, as far as the answer depends on it.
    var answersHead = false
    var version = HTTPVersion.http11
    /// Nothing more is served once what is in `output` has gone.
    var closesAfterOutput = false
    /// True while the server is serving the connection; answers given meanwhile wait for the turn's end.
    var isInTurn = false
    /// True if the timer calls for a turn: the peer had sent more when a request was answered outside one.
    var isDue = false
    /// True if the peer did not take all of the last write.
    var isBlocked = false
    /// True if the connection never gives way to a newcomer.
    var isKept = false
    /// The time at which it was served last, counted in the server's requests.
    var lastServed: UInt64 = 0
    /// True once the connection has ended; in its turn it is let go of only when the turn ends.
    var isClosed = false
    /// Bounds the time to a complete head, to a complete body, of writing and of lingering, and calls for the turn that is due; made
    /// when first needed.
    var timer: EventLoop.Timer?
    var streams = Streams()

    init(socket: consuming Socket) { self.socket = socket }

    func stopTimer() { timer?.cancel() }

    /// True while a request is with the handler or its owner.
    var isAwaitingAnswer: Bool {
        if case .answer = stage { return true }
        return false
    }

    /// True if nothing is going on.
    var isIdle: Bool {
        if case .head = stage { return input.isEmpty && output.isEmpty }
        return false
    }

    /// True if it may be closed in favour of a newcomer: it has had an answer, and nothing is going on. Before its
    /// first request the time limit of heads bounds it.
    var givesWay: Bool { isIdle && exchange > 0 && !isKept }

    /// True once the last answer has been written.
    var isDone: Bool { closesAfterOutput && output.isEmpty && !isAwaitingAnswer }
}
