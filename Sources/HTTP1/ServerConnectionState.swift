/// The state of a server's connection: which message is read or answered, and how the connection ends (RFC 9112, section 9).
///
/// A value without socket, buffer or clock. Its owner reports what happens, and asks what the connection waits for:
/// ``interest(buffered:unsent:)`` is all that its epoll registration depends on, ``wait(buffered:unsent:)`` all that
/// its timer does.
package struct ServerConnectionState: Sendable {
    /// The part of an exchange that is under way.
    package enum Stage: Sendable {
        /// Waiting for a request, or for the rest of one.
        case reading
        /// A request is with the handler or its owner.
        case answering
        /// Everything was said; the peer may finish sending, so that it reads our last answer before a reset.
        case lingering
        case closed
    }

    /// The body of the request that is answered, if its pieces are handed out while they arrive.
    package enum Stream: Sendable {
        /// There is none, or it is complete.
        case none
        case open
        /// Nothing is to be read for now.
        case paused
    }

    /// The readiness of the socket that matters.
    package enum Interest: Sendable {
        case arrivals
        case writing
        case hangUp
        case nothing
    }

    /// A wait with a limit. The numbers distinguish one wait from the next of its kind: a limit begins anew when they
    /// change.
    package enum Wait: Equatable, Sendable {
        case none
        /// For a turn, which is due at once: the peer had sent more when a request was answered outside one.
        case turn
        /// For a complete head.
        case head(UInt32)
        /// For a complete body, or the next piece of one.
        case body(UInt32)
        /// For the peer to take what was written.
        case writing(UInt64)
        /// For the peer to end the connection.
        case lingering
    }

    package private(set) var stage = Stage.reading
    package var reader = RequestReader()
    package var stream = Stream.none
    /// True if nothing more is served once what is to be written has gone.
    package var isLast = false
    /// True if a turn is due that no event will bring.
    package var needsTurn = false
    /// Counts the requests, so that an answer cannot be given to a later one.
    package private(set) var exchange: UInt32 = 0
    /// The facts that the answer to the present request depends on.
    package private(set) var answersHead = false
    package private(set) var version = HTTPVersion.http11
    /// Counts what has come of messages: complete heads, and pieces of bodies.
    private var progress: UInt32 = 0
    /// Counts the bytes written.
    private var written: UInt64 = 0

    package init() {}

    // MARK: What happens

    /// A complete head has come.
    package mutating func received() { progress &+= 1 }

    /// A request is handed out.
    @inline(__always)
    package mutating func begin(_ head: RequestHead, isHead: Bool) {
        answersHead = isHead
        version = head.version
        exchange &+= 1
        stage = .answering
        if !head.isKeepAlive { isLast = true }
    }

    /// The request's answer is complete, though perhaps not written.
    package mutating func answer() { if stage == .answering { stage = .reading } }

    /// The right to answer was used up, by an answer that is written over time.
    package mutating func beginAnswer() { exchange &+= 1 }

    /// The bytes received cannot be served: the answer to them is the connection's last.
    package mutating func refuse() {
        guard stage != .closed else { return }
        isLast = true
        answersHead = false
        stage = .reading
        reader = RequestReader()
    }

    /// So many bytes were written.
    package mutating func wrote(_ count: Int) { written &+= UInt64(truncatingIfNeeded: count) }

    /// The last answer was written, and our direction is ended.
    package mutating func linger() { if stage != .closed { stage = .lingering } }

    /// The connection has ended, and stays so whatever else is reported.
    package mutating func close() { stage = .closed }

    // MARK: What follows from it

    package var isClosed: Bool { stage == .closed }

    /// True if what has arrived is looked at; the body of the last request, too, may still be on its way.
    package var serves: Bool { stage == .answering || stage == .reading && !isLast }

    /// True if what has arrived is not left for later.
    package var takesInput: Bool { stage == .reading && !isLast || stream == .open }

    package func isAwaiting(_ exchange: UInt32) -> Bool { stage == .answering && self.exchange == exchange }

    /// True if nothing is going on.
    package func isIdle(buffered: Int, unsent: Int) -> Bool {
        stage == .reading && !reader.isInBody && buffered == 0 && unsent == 0
    }

    /// True once the last answer has been written.
    package func hasSaidAll(unsent: Int) -> Bool { isLast && unsent == 0 && stage == .reading }

    /// The readiness to ask the kernel for.
    ///
    /// - Parameters:
    ///   - buffered: the bytes that were received and not yet served.
    ///   - unsent: the bytes of answers that the peer has not taken.
    package func interest(buffered: Int, unsent: Int) -> Interest {
        if unsent > 0 { return .writing }
        guard stage == .answering else { return .arrivals }
        // The peer's end is noticed while its answer is awaited, but it cannot fill our memory meanwhile.
        if stream == .paused { return .hangUp }
        return buffered >= HTTPLimits.headBytes ? .nothing : .arrivals
    }

    /// The wait that a limit bounds.
    package func wait(buffered: Int, unsent: Int) -> Wait {
        if stage == .closed { return .none }
        if unsent > 0 { return .writing(written) }
        if needsTurn { return .turn }
        switch stage {
        case .reading where reader.isInBody: return .body(progress)
        // Before its first request, too, a peer has no more time than for a head.
        case .reading: return buffered > 0 || progress == 0 ? .head(progress) : .none
        case .answering: return stream == .open ? .body(progress) : .none
        case .lingering: return .lingering
        case .closed: return .none
        }
    }
}
