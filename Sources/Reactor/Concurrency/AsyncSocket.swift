#if !hasFeature(Embedded)
/// A stream socket whose reads and writes wait as tasks do, on an event loop.
///
/// Everything is to be called on the loop: by an actor whose executor it is, or by a task that prefers it. One task may
/// read while another writes; `Sendable` says no more than that. Letting go of the socket closes it: on the loop as well,
/// or while the loop is not running.
public final class AsyncSocket: @unchecked Sendable {
    private var socket: Socket
    private let readiness: Readiness
    private var loop: EventLoop { readiness.loop }

    /// Takes over a socket.
    ///
    /// - Throws: the ``Errno`` of ``EventLoop/register(_:for:handler:)``; the socket is then closed.
    public init(_ socket: consuming Socket, on loop: EventLoop) throws(Errno) {
        readiness = try Readiness(of: socket.descriptor, on: loop)
        self.socket = consume socket
    }

    deinit { readiness.end() }

    /// Connects to `address`.
    ///
    /// Where something has run out (descriptors, memory, or the backlog of a Unix listener, which is ``Errno/wouldBlock``) the
    /// failure is thrown only after a pause of 100 ms, in which others go on: a caller that tries again at once would meet the
    /// same.
    ///
    /// - Throws: the ``Errno`` of ``Socket/connect(to:)``, the one with which connecting then failed, such as
    ///   ``Errno/timedOut``, or that of ``EventLoop/register(_:for:handler:)``; ``Errno/cancelled`` when the task is
    ///   cancelled.
    public nonisolated(nonsending) static func connect(
        to address: SocketAddress, on loop: EventLoop
    ) async throws(Errno) -> AsyncSocket {
        let connection = try await begin(to: address, on: loop)
        try await connection.readiness.wait(.write)
        if let error = try connection.socket.takeError() { throw error }
        return connection
    }

    private nonisolated(nonsending) static func begin(
        to address: SocketAddress, on loop: EventLoop
    ) async throws(Errno) -> AsyncSocket {
        if !loop.beginAttempt() { await loop.nextRound() }
        do throws(Errno) {
            return try AsyncSocket(Socket.connect(to: address), on: loop)
        } catch {
            guard error.isShortage else { throw error }
            await loop.pause()
            throw Task.isCancelled ? .cancelled : error
        }
    }

    /// Waits until something has come and appends it to `buffer`.
    ///
    /// - Parameters:
    ///   - buffer: what the bytes are appended to.
    ///   - limit: the most bytes to take; more than 262,144 are not taken at once.
    /// - Returns: how many came; 0 at the end of the stream.
    /// - Throws: the ``Errno`` of ``Socket/read(into:)``; ``Errno/cancelled`` when the task is cancelled or the socket
    ///   closed.
    public nonisolated(nonsending) func read(
        into buffer: inout Buffer, upTo limit: Int = 16_384
    ) async throws(Errno) -> Int {
        precondition(limit > 0, "a read of nothing cannot tell the end of the stream")
        let limit = min(limit, RoundShare.bytesPerCall)
        while true {
            if !loop.beginAttempt() { await loop.nextRound() }
            guard !readiness.isEnded else { throw .cancelled }
            let room = UnsafeMutableRawBufferPointer(rebasing: buffer.reserve(limit)[..<limit])
            switch try socket.read(into: room) {
            case .bytes(let count):
                buffer.commit(count)
                loop.jobs.share.spend(bytes: count)
                return count
            case .endOfStream: return 0
            case .wouldBlock: try await readiness.wait(.read)
            }
        }
    }

    /// Writes all of `buffer` and empties it, waiting for the reader where necessary; what could not be written is left.
    ///
    /// - Throws: the ``Errno`` of ``Socket/write(_:)``; ``Errno/cancelled`` when the task is cancelled or the socket
    ///   closed.
    public nonisolated(nonsending) func write(_ buffer: inout Buffer) async throws(Errno) {
        repeat {
            if !loop.beginAttempt() { await loop.nextRound() }
            guard !buffer.isEmpty else { return }
            guard !readiness.isEnded else { throw .cancelled }
            let bytes = buffer.readable
            switch try socket.write(bytes[0..<min(bytes.count, RoundShare.bytesPerCall)]) {
            case .bytes(let count):
                buffer.consume(count)
                loop.jobs.share.spend(bytes: count)
            case .wouldBlock, .endOfStream: try await readiness.wait(.write)
            }
        } while !buffer.isEmpty
    }

    /// Tells the reader that nothing more will come; reading goes on.
    ///
    /// - Throws: the ``Errno`` of shutdown(2): ``Errno/notConnected`` after the peer has reset the connection,
    ///   ``Errno/badFileDescriptor`` after ``close()``.
    public func shutdownWriting() throws(Errno) { try socket.shutdownWriting() }

    /// Closes the socket; whoever waits for it is thrown ``Errno/cancelled``.
    public func close() {
        readiness.end()
        socket = Socket(FileDescriptor(rawValue: -1))
    }
}
#endif
