/// Sends HTTP/1.1 requests to one place over one persistent connection, one after another, on an event loop.
///
/// A request given while another is under way waits its turn. The connection is made when it is first needed, and anew
/// after it was closed in between. A request is sent twice in one case only: when nothing of it had left before the
/// connection turned out to be dead. There is no timeout unless one is asked for; Lambda's long polls last for hours.
/// Letting go of the client closes it.
///
/// In steady state a request allocates nothing.
public final class HTTPClient {
    /// A request's outcome; the response is valid during the call only.
    public typealias Completion = (Result<HTTPResponse, HTTPClientError>) -> Void

    /// The loop the client lives on.
    public let loop: EventLoop
    /// The address that it connects to.
    public let address: SocketAddress
    /// The most bytes of a response's body, decoded.
    public let responseLimit: Int

    /// The beginning of every target; mostly empty.
    private var path = Buffer()
    /// The fields that every request has, as they stand on the wire.
    private var standingFields = Buffer()
    var connection: Connection?
    // Release builds skip the run-time check of exclusive access: it takes a tenth of a function's time.
    #if !DEBUG
    @exclusivity(unchecked)
    #endif
    var current: Exchange?
    let waiting = List<Waiting>()
    /// The bytes not written yet of the current request's head and body.
    #if !DEBUG
    @exclusivity(unchecked)
    #endif
    var output = Buffer()
    /// True once anything of the current request has been written.
    var hasLeft = false
    #if !DEBUG
    @exclusivity(unchecked)
    #endif
    var input = Buffer()
    #if !DEBUG
    @exclusivity(unchecked)
    #endif
    var fields = FieldTable()
    var trailerFields = FieldTable()
    /// The head of the response being received, once it is complete; its fields are in `fields`.
    var head: ResponseHead?
    var headLength = 0
    var body: BodyReader?
    /// The present request's body, if it is written over time.
    var stream: BodyStream?
    var timer: EventLoop.Timer?
    /// True if the last read filled its room.
    var mayHaveMore = false
    /// True if the last connection that was lost beneath a request had brought no byte of its answer.
    package internal(set) var wasLostUnanswered = false
    /// True while ``beginNext()`` is at work.
    var isBeginning = false
    private(set) var isClosed = false

    /// A client for the server at `address`; nothing is connected yet.
    ///
    /// - Parameters:
    ///   - loop: the loop it lives on.
    ///   - address: where it connects to.
    ///   - host: the value of the `Host` field, as in `127.0.0.1:9001`.
    ///   - responseLimit: the most bytes of a response's body.
    public convenience init(loop: EventLoop, address: SocketAddress, host: ByteView, responseLimit: Int = 32 << 20) {
        self.init(loop: loop, address: address, host: host, path: .empty, responseLimit: responseLimit)
    }

    /// The same with what every request has.
    ///
    /// - Parameters:
    ///   - path: stands before every target.
    ///   - fields: appends further header fields to the `Host` of every request.
    package init(
        loop: EventLoop, address: SocketAddress, host: ByteView, path: ByteView, responseLimit: Int = 32 << 20,
        fields: (inout Buffer) -> Void = { _ in }
    ) {
        precondition(isFieldValue(host), "the host cannot stand in a field")
        self.loop = loop
        self.address = address
        self.responseLimit = responseLimit
        self.path.append(path)
        standingFields.appendField("Host", host)
        fields(&standingFields)
        keepInImmortalProgram(self)
    }

    #if IMMORTAL
    // In the layer's executable, which never takes it apart (layer/musl-sdk).
    deinit { preconditionFailure("something immortal was released") }
    #else
    deinit { close() }
    #endif

    /// Sends a request, now or when its turn comes.
    ///
    /// - Parameters:
    ///   - method: the method; `HEAD` and its missing body are understood.
    ///   - target: the request target, such as a path.
    ///   - body: the body; copied before the call returns. A request with a body, or a method that usually has one,
    ///     carries `Content-Length`.
    ///   - timeout: the longest wait, counted from when the request is sent; nil waits for ever. The connection ends
    ///     with the wait.
    ///   - fields: appends header fields with `appendField`, and does nothing else with the client. With `Connection: close`
    ///     among them the connection ends behind the answer (RFC 9112, section 9.6). `Content-Length`, `Transfer-Encoding` and
    ///     `Host` are the client's: they trap.
    ///   - completion: called once on the loop, never inside this call.
    public func send(
        _ method: StaticString, _ target: ByteView, body: ByteView = .empty, timeout: Duration? = nil,
        fields: (inout Buffer) -> Void = { _ in }, completion: @escaping Completion
    ) {
        let exchange = Exchange(
            isHead: ByteView(method) == "HEAD", timeout: timeout, completion: completion)
        start(exchange) { encode(method, target, body, fields, into: &$0) }
    }

    /// Appends a request without a body, for ``send(encoded:completion:)``; its method is not `HEAD`, and it does not ask for the
    /// connection's end.
    package func encode(
        _ method: StaticString, _ target: ByteView, into buffer: inout Buffer, fields: (inout Buffer) -> Void
    ) {
        let isLast = encode(method, target, .empty, fields, into: &buffer)
        precondition(!isLast, "a request that is sent again and again asks for its connection's end")
    }

    /// Sends a request that was encoded before, as one is that is sent again and again.
    package func send(encoded request: ByteView, completion: @escaping Completion) {
        start(Exchange(isHead: false, timeout: nil, completion: completion)) { buffer in
            buffer.append(request)
            return false
        }
    }

    /// Gives back the memory of buffers that hold nothing, of one of many clients, which will wait for long.
    package func releaseBuffers() {
        if output.isEmpty { output.release() }
        if input.isEmpty { input.release() }
    }

    /// True if a request is under way of which everything has been written.
    package var hasWritten: Bool {
        current != nil && hasLeft && output.isEmpty && stream?.isOpen != true && connection?.isConnected == true
    }

    /// True while a request is under way.
    public var isBusy: Bool { current != nil }

    /// Ends the connection; every request that waits for its answer or its turn fails with ``HTTPClientError/closed``.
    public func close() {
        isClosed = true
        disconnect()
        if let exchange = current {
            endExchange()
            fail(exchange, .closed)
        }
        while waiting.count > 0 {
            let next = waiting.removeFirst()
            next.stream?.end()
            fail(next.exchange, .closed)
        }
    }

    /// Ends the connection if no request is under way; the next one goes over a fresh one.
    package func dropConnection() { if current == nil { disconnect() } }

    /// The facts to be remembered of a request that was sent.
    struct Exchange {
        let isHead: Bool
        let timeout: Duration?
        let completion: Completion
        /// True if it went out over a connection that had served before, and may have died meanwhile.
        var isOnUsedConnection = false
        /// True if it has asked for the connection's end.
        var isLast = false
    }

    /// A request whose turn has not come.
    struct Waiting {
        let exchange: Exchange
        let stream: BodyStream?
        let bytes: [UInt8]
    }

    /// Reports a failure from the loop, never inside the caller.
    func fail(_ exchange: Exchange, _ error: HTTPClientError) {
        loop.enqueue { exchange.completion(.failure(error)) }
    }

    /// Appends a head without its framing and without its end.
    ///
    /// - Returns: whether it asks for the connection's end.
    func encodeHead(
        _ method: StaticString, _ target: ByteView, _ fields: (inout Buffer) -> Void, into buffer: inout Buffer
    ) -> Bool {
        buffer.appendRequestLine(method, below: path.readable, target: target)
        buffer.append(standingFields.readable)
        let start = buffer.count
        fields(&buffer)
        return asksToClose(buffer.readable.dropFirst(start), ofRequest: true)
    }

    private func encode(
        _ method: StaticString, _ target: ByteView, _ body: ByteView, _ fields: (inout Buffer) -> Void,
        into buffer: inout Buffer
    ) -> Bool {
        let isLast = encodeHead(method, target, fields, into: &buffer)
        // RFC 9110, section 8.6: a method that gives content a meaning says also that there is none.
        let name = ByteView(method)
        guard !body.isEmpty || name == "POST" || name == "PUT" else {
            buffer.appendEndOfHead()
            return isLast
        }
        var writer = BodyWriter(length: UInt64(body.count), endingHead: &buffer)
        writer.append(body, to: &buffer)
        return isLast
    }
}
