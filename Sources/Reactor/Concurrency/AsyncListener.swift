#if !hasFeature(Embedded)
/// A listener whose connections are taken by a task, on an event loop.
///
///     let listener = try AsyncListener(.listen(on: address), on: loop)
///     while true {
///         let connection = try await listener.accept()
///         ...
///     }
///
/// To be called on the loop, as with ``AsyncSocket``. Letting go of the listener closes it.
public final class AsyncListener: @unchecked Sendable {
    private var socket: Socket
    private let readiness: Readiness
    private let loop: EventLoop

    /// Takes over a listener.
    ///
    /// - Throws: the ``Errno`` of registering it.
    public init(_ socket: consuming Socket, on loop: EventLoop) throws(Errno) {
        readiness = try Readiness(of: socket.descriptor, on: loop)
        self.socket = consume socket
        self.loop = loop
    }

    deinit { readiness.end() }

    /// Waits for a connection and takes it.
    ///
    /// - Throws: the ``Errno`` of accept(2), such as ``Errno/tooManyFiles``, when the connection stays in the backlog;
    ///   ``Errno/cancelled`` when the task is cancelled or the listener closed.
    public nonisolated(nonsending) func accept() async throws(Errno) -> AsyncSocket {
        while true {
            guard !readiness.isEnded else { throw .cancelled }
            if let accepted = try socket.accept() { return try AsyncSocket(accepted, on: loop) }
            try await readiness.wait(.read)
        }
    }

    /// The address listened at, with the port the kernel chose.
    ///
    /// - Throws: the ``Errno`` of getsockname(2): ``Errno/badFileDescriptor`` after ``close()``.
    public func localAddress() throws(Errno) -> SocketAddress? { try socket.localAddress() }

    /// Stops listening; whoever waits for a connection is thrown ``Errno/cancelled``.
    public func close() {
        readiness.end()
        socket = Socket(FileDescriptor(rawValue: -1))
    }
}
#endif
