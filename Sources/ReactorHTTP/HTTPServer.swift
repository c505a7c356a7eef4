/// Serves HTTP/1.1 on an event loop: listeners, a table of connections, and a handler that is called with each complete
/// request.
///
/// - Connections are kept alive; pipelined requests are served one after another, so answers leave in order.
/// - A peer that does not read its answers is not served further until it does; nothing grows meanwhile.
/// - At the limit of connections the one that has been idle for longest since its last answer gives way to a newcomer.
///   Where none is idle, or the process has no descriptor left, newcomers wait in the backlog; those accepted go on being
///   served. ``HTTPResponder/keepConnection()`` exempts a connection.
/// - A peer that ends its writing direction is taken for gone: it gets what was answered by then, no later answer.
/// - A connection that has had its last answer is closed in stages (RFC 9112, section 9.6): the server ends its own direction, and
///   reads and forgets what comes until the peer has ended the other, or ``Limits/lingerTimeout`` is over.
/// - Answers carry no `Date`: RFC 9110, section 6.6.1, asks an origin server with a clock for one, for the sake of caches,
///   and between processes of one machine there is none.
/// - A request the parser or a limit refuses is answered with its status, and the connection is closed.
///
/// A server with idle connections holds two buffers in all, and serving allocates nothing in steady state.
public final class HTTPServer {
    /// The most that a server takes from its peers before it refuses.
    public struct Limits: Sendable {
        /// Connections at a time; for a further one an idle one gives way, or it waits in the listener's backlog.
        public var connections = 64
        /// Bytes of a request's body, decoded; more is answered with 413.
        public var bodyBytes = 65_536
        /// From a connection's, or a request's, first byte to its complete head; longer is answered with 408.
        public var headTimeout = Duration.seconds(10)
        /// From a complete head to a complete body; longer is answered with 408.
        public var bodyTimeout = Duration.seconds(60)
        /// Bytes of answers to pipelined requests that are gathered before they are written.
        public var unsentBytes = 65_536
        /// The time a peer has to make room for its answers before its connection is closed.
        public var writeTimeout = Duration.seconds(60)
        /// After a connection's last answer, the time a peer has to end it before it is closed all the same.
        public var lingerTimeout = Duration.seconds(1)

        /// The limits above.
        public init() {}
    }

    /// The loop the server lives on.
    public let loop: EventLoop
    /// The limits given at the start.
    public let limits: Limits
    /// Called when a connection has gone, whoever ended it, after its last request's handler.
    public var onDisconnect: ((ConnectionID) -> Void)?

    let handler: (HTTPRequest, HTTPResponder) -> Void
    let connections = SlotTable<HTTPConnection>()
    /// The connection whose turn it is; the table keeps it until the turn's end, since closing it lets go of it only then.
    unowned(unsafe) var serving: HTTPConnection?
    // No run-time check of exclusive access in release builds, as in a connection.
    #if !DEBUG
    @exclusivity(unchecked)
    #endif
    var inputLoan = BufferLoan(size: 16_384 + 4_096)
    #if !DEBUG
    @exclusivity(unchecked)
    #endif
    var outputLoan = BufferLoan(size: 16_384)
    #if !DEBUG
    @exclusivity(unchecked)
    #endif
    var fields = FieldTable()
    var trailerFields = FieldTable()
    var streamedRoutes = StreamedRoutes()
    /// Requests handed to the handler so far.
    var servedCount: UInt64 = 0
    private let listeners = List<Listener>()
    /// The callers that wait until no connection is left.
    private let drains = List<Drain>()
    /// True while answers say `Connection: close` and no connection is accepted.
    private(set) var isDraining = false

    /// A server without a listener yet.
    ///
    /// - Parameters:
    ///   - loop: the loop it lives on.
    ///   - limits: what it takes from its peers before it refuses.
    ///   - handler: called on the loop with each complete request and the right to answer it. It must not block. The
    ///     request is valid during the call only, the responder as long as one likes.
    public init(
        loop: EventLoop, limits: Limits = Limits(), handler: @escaping (HTTPRequest, HTTPResponder) -> Void
    ) {
        self.loop = loop
        self.limits = limits
        self.handler = handler
        keepInImmortalProgram(self)
    }

    #if IMMORTAL
    // In the layer's executable, which never takes it apart (layer/musl-sdk).
    deinit { preconditionFailure("something immortal was released") }
    #else
    deinit { close() }
    #endif

    /// The number of open connections.
    public var connectionCount: Int { connections.count }

    /// Begins to accept connections from a listener, which the server now owns. There may be several.
    ///
    /// - Parameters:
    ///   - listener: an open listener.
    ///   - isWelcome: asked of each connection that is accepted; one that is not is closed unread.
    /// - Throws: the `Errno` of `EventLoop.register(_:for:handler:)`; the listener is then closed.
    public func serve(
        _ listener: consuming Socket, admitting isWelcome: @escaping (borrowing Socket) -> Bool = { _ in true }
    ) throws(Errno) {
        listeners.append(try Listener(listener, server: self, admitting: isWelcome))
    }

    /// Stops accepting, closes idle connections, lets the others finish the request they are at, and calls
    /// `completion` once none is left, at once or later.
    ///
    /// It may be called again meanwhile, as at a second signal: each call's completion is called once, in the order of the
    /// calls. They are called, too, when the server is closed or let go of.
    public func drain(_ completion: @escaping () -> Void) {
        isDraining = true
        stopListening()
        drains.append(Drain(completion: completion))
        connections.forEach { _, connection in if connection.isIdle { close(connection) } }
        finishDraining()
    }

    /// Closes every listener and connection now, whatever they are at.
    public func close() {
        stopListening()
        connections.forEach { _, connection in close(connection) }
    }

    private func stopListening() {
        while listeners.count > 0 { listeners.removeLast().close() }
    }

    // MARK: Connections coming and going

    /// Takes over an accepted socket.
    func add(_ socket: consuming Socket) {
        let connection = HTTPConnection(socket: socket)
        connection.id = ConnectionID(token: connections.insert(connection))
        do {
            connection.registration = try loop.register(connection.socket.descriptor, for: .arrivals) {
                [unowned(unsafe) self, unowned(unsafe) connection] event in
                // The table's reference may go while the handler runs; this one keeps the connection until the end.
                let connection = connection
                ready(connection, event)
            }
        } catch {
            connections.remove(connection.id.token)
            return
        }
        startTimer(of: connection, limits.headTimeout)
    }

    /// Which connection gives way to a newcomer; nil when none does.
    var longestIdle: HTTPConnection? {
        var found: HTTPConnection?
        connections.forEach { _, connection in
            if connection.givesWay, connection.lastServed < found?.lastServed ?? .max { found = connection }
        }
        return found
    }

    /// Does what ``HTTPResponder/keepConnection()`` does, or takes it back.
    package func keep(_ id: ConnectionID, _ isKept: Bool) {
        connections[id.token]?.isKept = isKept
        if !isKept { resumeListeners() }
    }

    /// Lets listeners accept again that paused because nobody would give way.
    func resumeListeners() {
        var index = 0
        while index < listeners.count {
            listeners[index].resume()
            index += 1
        }
    }

    /// Ends a connection: nothing of it is read, written or called any more but ``onDisconnect``.
    ///
    /// In the connection's own turn the handler may still be looking at the request, in the connection's buffer: then
    /// the rest waits for the turn's end.
    func close(_ connection: HTTPConnection) {
        guard !connection.isClosed else { return }
        connection.isClosed = true
        connection.stopTimer()
        if let registration = connection.registration { loop.deregister(registration) }
        if !connection.isInTurn { letGo(of: connection) }
    }

    /// Forgets a connection that was closed and is not in its turn.
    func letGo(of connection: HTTPConnection) {
        connections.remove(connection.id.token)
        connection.input.removeAll()
        connection.output.removeAll()
        inputLoan.takeBack(from: &connection.input)
        outputLoan.takeBack(from: &connection.output)
        connection.streams.end(on: loop)
        onDisconnect?(connection.id)
        resumeListeners()
        finishDraining()
    }

    /// Calls those who wait for the last connection's end, if that has come.
    private func finishDraining() {
        while connections.count == 0, drains.count > 0 { drains.removeFirst().completion() }
    }

    /// A closure put into a list as it is would be wrapped, one allocation each; inside a structure it is not.
    private struct Drain {
        let completion: () -> Void
    }

    // MARK: Timers

    func startTimer(of connection: HTTPConnection, _ timeout: Duration) {
        if connection.timer == nil {
            connection.timer = loop.makeTimer { [unowned(unsafe) self, unowned(unsafe) connection] in
                timedOut(connection)
            }
        }
        connection.timer?.arm(at: loop.now + timeout)
    }

    private func timedOut(_ connection: HTTPConnection) {
        if connection.isDue { return advance(connection) }
        guard connection.output.isEmpty else { return close(connection) }
        if timedOutReceiving(connection) { return }
        switch connection.stage {
        case .head where connection.input.isEmpty, .lingering, .answer:
            close(connection)
        case .head, .body:
            // What has arrived is no fault of its peer's: this process may have been stopped. The next round reads on.
            if connection.mayHaveMore {
                connection.mayHaveMore = false
                connection.timer?.arm(at: loop.now)
            } else {
                refuse(connection, status: 408)
                advance(connection)
            }
        }
    }
}
