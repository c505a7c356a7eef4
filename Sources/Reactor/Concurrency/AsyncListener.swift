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
    /// The pause after a failure, if one is under way.
    private var pause: Sleeper?

    /// Takes over a listener.
    ///
    /// - Throws: the ``Errno`` of ``EventLoop/register(_:for:handler:)``; the socket is then closed.
    public init(_ socket: consuming Socket, on loop: EventLoop) throws(Errno) {
        readiness = try Readiness(of: socket.descriptor, on: loop)
        self.socket = consume socket
        self.loop = loop
    }

    deinit { readiness.end() }

    /// Waits for a connection and takes it.
    ///
    /// A failure is thrown only after a pause of 100 ms, in which others go on and perhaps give back what has run out: the
    /// connection stays in the backlog, and a caller that tries again at once would meet the same.
    ///
    /// - Throws: the ``Errno`` of accept(2), such as ``Errno/tooManyFiles``, or of registering the connection, which is closed
    ///   then; ``Errno/cancelled`` when the task is cancelled or the listener closed.
    public nonisolated(nonsending) func accept() async throws(Errno) -> AsyncSocket {
        while true {
            if !loop.beginAttempt() { await loop.nextRound() }
            guard !readiness.isEnded else { throw .cancelled }
            do throws(Errno) {
                if let accepted = try socket.accept() {
                    // It takes the kernel as long as moving some thousand bytes does.
                    loop.jobs.share.spend(3)
                    return try AsyncSocket(accepted, on: loop)
                }
            } catch {
                let pause = Sleeper(loop: loop)
                self.pause = pause
                await loop.pause(in: pause)
                guard !readiness.isEnded, !Task.isCancelled else { throw .cancelled }
                throw error
            }
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
        pause?.end()
        socket = Socket(FileDescriptor(rawValue: -1))
    }
}
#endif
