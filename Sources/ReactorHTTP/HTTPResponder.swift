/// The name of a server's connection; a later connection never has the same one.
public struct ConnectionID: Hashable, Sendable {
    let token: Token
}

/// The right to answer one request, once: inside the handler's call or, as a long poll does, any time later on the
/// loop's thread.
///
/// A request that is never answered holds its connection, since answers leave in the order of the requests.
public struct HTTPResponder {
    let owner: HTTPConnection
    let exchange: UInt32

    /// The connection the request came over.
    public var connection: ConnectionID { owner.id }

    /// True while the request waits for its answer: the peer is there and nobody has answered.
    public var isOpen: Bool { owner.isAwaiting(exchange) }

    /// Answers with a status, a body and header fields.
    ///
    /// The server adds `Content-Length`, and `Connection` where it is needed. Nothing happens when ``isOpen`` is false.
    /// An answer given inside the handler's call is sent when the handler has returned, or by ``flush()``; one given
    /// later is sent at once.
    ///
    /// - Parameters:
    ///   - status: the status code, 200 to 599.
    ///   - body: the body; copied before the call returns.
    ///   - isChunked: whether the body is framed as one chunk instead of by its length, as some servers frame what is
    ///     long; never to a peer of HTTP/1.0.
    ///   - fields: appends header fields with `appendField`, and does nothing else with the server. `Connection: close` among
    ///     them does what ``closeAfterAnswer()`` does. `Content-Length` and `Transfer-Encoding` are the server's: they trap.
    public func respond(
        _ status: Int, body: ByteView = .empty, isChunked: Bool = false,
        fields: (inout Buffer) -> Void = { _ in }
    ) {
        precondition(status >= 200 && status <= 599, "not the status of a final answer")
        if isOpen { owner.respond(status, body: body, isChunked: isChunked, fields: fields) }
    }

    /// Answers, and sends that before anything else happens: for a handler whose next act must come after its answer, as the
    /// extension's, which may freeze with it.
    ///
    /// - Parameters:
    ///   - status: as in ``respond(_:body:isChunked:fields:)``.
    ///   - fields: likewise.
    ///   - next: called once when the answer, and every answer before it, has been handed to the kernel as far as the
    ///     peer takes it; also when ``isOpen`` is false.
    @inline(__always)
    public func respond(_ status: Int, fields: (inout Buffer) -> Void = { _ in }, sentBefore next: () -> Void) {
        respond(status, fields: fields)
        owner.flush()
        next()
    }

    /// Exempts the connection from giving way to newcomers when the server is full, for as long as it lasts.
    public func keepConnection() { owner.isKept = true }

    /// Makes this request the last of its connection: its answer says `Connection: close`, and the connection ends behind it, as
    /// RFC 9112, section 9.6, has it. What the peer has sent behind the request is not served.
    ///
    /// Nothing happens when ``isOpen`` is false.
    public func closeAfterAnswer() { if isOpen { owner.state.isLast = true } }

    /// The address of the connection's other end.
    ///
    /// - Returns: nil once the connection has ended.
    /// - Throws: the `Errno` of `Socket.peerAddress()`.
    public func peerAddress() throws(Errno) -> SocketAddress? { try owner.socket?.peerAddress() }

    /// Returns the credentials of the connection's other end; see `Socket.peerCredentials()`.
    package func peerCredentials() throws(Errno) -> PeerCredentials? {
        try owner.socket?.peerCredentials()
    }

    /// Sends now what was answered so far on this connection, for a handler whose next act must come after its answer.
    public func flush() { owner.flush() }

    /// The same, and passes two descriptors with the answer to a peer at the other end of a Unix socket.
    ///
    /// - Throws: the `Errno` of sendmsg(2), `EAGAIN` where the peer takes nothing now, `EPIPE` where it has gone. The answer is then
    ///   still to be sent, alone.
    package func flush(passing first: borrowing FileDescriptor, _ second: borrowing FileDescriptor) throws(Errno) {
        try owner.write(passing: first, second)
        owner.flush()
    }

    /// Ends the connection instead of answering, as a server that breaks does.
    ///
    /// Nothing happens when ``isOpen`` is false. Earlier answers of the connection are sent before; what the peer does not
    /// take at once is lost.
    ///
    /// - Parameters:
    ///   - bytes: sent as they are.
    ///   - isReset: whether the peer sees the connection reset rather than closed.
    public func abort(after bytes: ByteView = .empty, isReset: Bool = false) {
        owner.abort(exchange, after: bytes, isReset: isReset)
    }
}
