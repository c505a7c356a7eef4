/// The part of a server that its connections share: the loop, the limits, the handler, two large buffers, and the table
/// of them all.
///
/// It lives as long as anybody needs it: the server, a connection in its turn, or whoever holds the right to answer a
/// request. A connection can therefore never outlive what it refers to; the cycle through the table ends when the
/// server is closed or let go of.
final class ServerContext {
    let loop: EventLoop
    let limits: HTTPServer.Limits
    let handler: (HTTPRequest, HTTPResponder) -> Void
    /// Asked of each request when its head is complete; nil for one that is gathered and handed to the handler.
    var findConsumer: ((HTTPRequest) -> BodyConsumer?)?
    var onDisconnect: ((ConnectionID) -> Void)?

    let connections = SlotTable<HTTPConnection>()
    // Release builds skip the run-time check of exclusive access: it takes a twentieth of a server's time.
    #if !DEBUG
    @exclusivity(unchecked)
    #endif
    var inputBuffer = ScratchBuffer(size: 16_384 + 4_096)
    #if !DEBUG
    @exclusivity(unchecked)
    #endif
    var outputBuffer = ScratchBuffer(size: 16_384)
    #if !DEBUG
    @exclusivity(unchecked)
    #endif
    var fields = FieldTable()
    #if !DEBUG
    @exclusivity(unchecked)
    #endif
    var trailerFields = FieldTable()
    /// Requests handed to the handler so far.
    var servedCount: UInt64 = 0
    private let listeners = List<Listener>()
    /// The callers that wait until no connection is left.
    private let drains = List<Drain>()

    init(loop: EventLoop, limits: HTTPServer.Limits, handler: @escaping (HTTPRequest, HTTPResponder) -> Void) {
        self.loop = loop
        self.limits = limits
        self.handler = handler
        keepInImmortalProgram(self)
    }

    #if IMMORTAL
    // In the layer's executable, which never takes it apart (layer/musl-sdk).
    deinit { preconditionFailure("something immortal was released") }
    #endif

    /// True if a newcomer has to wait, or an idle connection has to make way for it.
    var isFull: Bool { connections.count >= limits.connections }

    func listen(
        on listener: consuming Socket, admitting isWelcome: @escaping (borrowing Socket) -> Bool
    ) throws(Errno) {
        listeners.append(try Listener(listener, context: self, admitting: isWelcome))
    }

    func drain(_ completion: @escaping () -> Void) {
        stopListening()
        drains.append(Drain(completion: completion))
        retireConnections()
        finishDraining()
    }

    func retireConnections() { connections.forEach { _, connection in connection.retire() } }

    func close() {
        stopListening()
        connections.forEach { _, connection in connection.close() }
    }

    private func stopListening() {
        while listeners.count > 0 { listeners.removeLast().close() }
    }

    /// Takes over an accepted socket; one that the loop has no room for is closed.
    func add(_ socket: consuming Socket) {
        let connection = HTTPConnection(context: self)
        connection.id = ConnectionID(token: connections.insert(connection))
        if !connection.start(socket) { connections.remove(connection.id.token) }
    }

    /// The connection that gives way to a newcomer; nil when none does.
    var longestIdle: HTTPConnection? {
        var found: HTTPConnection?
        connections.forEach { _, connection in
            if connection.isEvictable, connection.lastServed < found?.lastServed ?? .max { found = connection }
        }
        return found
    }

    func keep(_ id: ConnectionID, _ isKept: Bool) {
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

    /// A connection has gone.
    func removed(_ id: ConnectionID) {
        onDisconnect?(id)
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
}
