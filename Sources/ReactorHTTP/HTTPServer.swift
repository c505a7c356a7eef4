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
        /// Bytes of a request's head, `HTTPLimits.largestHeadBytes` at most; more is answered with 431.
        public var headBytes = HTTPLimits.headBytes
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
    public var loop: EventLoop { context.loop }
    /// The limits given at the start.
    public var limits: Limits { context.limits }
    /// Called when a connection has gone, whoever ended it, after its last request's handler.
    public var onDisconnect: ((ConnectionID) -> Void)? {
        get { context.onDisconnect }
        set { context.onDisconnect = newValue }
    }

    let context: ServerContext

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
        var limits = limits
        limits.headBytes = min(limits.headBytes, HTTPLimits.largestHeadBytes)
        context = ServerContext(loop: loop, limits: limits, handler: handler)
        keepInImmortalProgram(self)
    }

    #if IMMORTAL
    // In the layer's executable, which never takes it apart (layer/musl-sdk).
    deinit { preconditionFailure("something immortal was released") }
    #else
    deinit { close() }
    #endif

    /// The number of open connections.
    public var connectionCount: Int { context.connections.count }

    /// Begins to accept connections from a listener, which the server now owns. There may be several.
    ///
    /// - Parameters:
    ///   - listener: an open listener.
    ///   - isWelcome: asked of each connection that is accepted; one that is not is closed unread.
    /// - Throws: the `Errno` of `EventLoop.register(_:for:handler:)`; the listener is then closed.
    public func serve(
        _ listener: consuming Socket, admitting isWelcome: @escaping (borrowing Socket) -> Bool = { _ in true }
    ) throws(Errno) {
        try context.listen(on: listener, admitting: isWelcome)
    }

    /// Stops accepting, closes idle connections, lets the others finish the request they are at, and calls
    /// `completion` once none is left, at once or later.
    ///
    /// It may be called again meanwhile, as at a second signal: each call's completion is called once, in the order of the
    /// calls. They are called, too, when the server is closed or let go of.
    public func drain(_ completion: @escaping () -> Void) { context.drain(completion) }

    /// Drains the server, but no longer than for a time: connections that are left then are closed, whatever they are at.
    ///
    /// Called again meanwhile, the time that ends first holds for both calls; see ``drain(_:)``.
    ///
    /// - Parameters:
    ///   - time: how long the others have to finish; Lambda gives an extension some two seconds.
    ///   - completion: called once no connection is left, at once or later.
    public func drain(within time: Duration, _ completion: @escaping () -> Void) {
        // The completion is called before the server ends, at the latest by its end, so that the timer never fires after it.
        let timer = loop.makeTimer { [unowned(unsafe) self] in close() }
        timer.arm(after: time)
        drain {
            timer.cancel()
            completion()
        }
    }

    /// Closes idle connections, and each of the others behind its next answer, which says `Connection: close`. It goes on accepting: for
    /// peers that are to take up fresh connections.
    public func retireConnections() { context.retireConnections() }

    /// Closes every listener and connection now, whatever they are at.
    public func close() { context.close() }

    /// Does what ``HTTPResponder/keepConnection()`` does, or takes it back.
    package func keep(_ id: ConnectionID, _ isKept: Bool) { context.keep(id, isKept) }
}
