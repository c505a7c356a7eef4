import CLinux

/// A nonblocking stream socket, TCP or Unix, closed when it goes out of scope and never inherited by a child process.
public struct Socket: ~Copyable, Sendable {
    /// The open descriptor, to be registered on an ``EventLoop``.
    public let descriptor: FileDescriptor

    /// Takes over a descriptor that is already a nonblocking stream socket.
    public init(_ descriptor: consuming FileDescriptor) { self.descriptor = descriptor }

    /// Opens a listener.
    ///
    /// A TCP address can be bound again at once after a restart (`SO_REUSEADDR`); an address somebody listens on is
    /// refused with ``Errno/addressInUse``. A stale socket file is not removed. Accepted TCP sockets send small writes
    /// at once: they inherit `TCP_NODELAY` from the listener.
    ///
    /// - Parameters:
    ///   - address: where to listen; port 0 lets the kernel choose one.
    ///   - backlog: connections the kernel keeps until they are accepted.
    /// - Throws: the ``Errno`` of bind(2): ``Errno/addressInUse``, ``Errno/addressNotAvailable``,
    ///   ``Errno/permissionDenied`` for a port or folder that this process may not use, ``Errno/noSuchFile`` where the
    ///   folder of a Unix socket is missing; ``Errno/nameTooLong`` for a Unix path of more than 107 bytes,
    ///   ``Errno/invalidArgument`` for an empty one; that of socket(2): ``Errno/tooManyFiles``,
    ///   ``Errno/tooManyFilesInSystem``, or `EAFNOSUPPORT` where the kernel has no IPv6.
    public static func listen(on address: SocketAddress, backlog: Int32 = 128) throws(Errno) -> Socket {
        let socket = try Socket(family: address.family)
        if address.port != nil {
            try socket.setOption(SOL_SOCKET, SO_REUSEADDR, Int32(1))
            try socket.sendAtOnce()
        }
        let number = socket.descriptor.rawValue
        try address.withKernelAddress { (kernel, length) throws(Errno) in
            _ = try uninterrupted { () in clinux_bind(number, kernel, length) }
        }
        _ = try uninterrupted { () in CLinux.listen(number, backlog) }
        return socket
    }

    /// Begins to connect. The connection is made, or has failed, when the socket becomes writable: ask
    /// ``takeError()`` then.
    ///
    /// TCP sockets send small writes at once (`TCP_NODELAY`).
    ///
    /// - Throws: the ``Errno`` that connect(2) reports at once, such as ``Errno/connectionRefused`` or
    ///   ``Errno/noSuchFile`` for a Unix socket, or ``Errno/wouldBlock`` for one whose backlog is full;
    ///   ``Errno/nameTooLong`` for a Unix path of more than 107 bytes, ``Errno/invalidArgument`` for an empty one; that
    ///   of socket(2), such as ``Errno/tooManyFiles``.
    public static func connect(to address: SocketAddress) throws(Errno) -> Socket {
        let socket = try Socket(family: address.family)
        if address.port != nil { try socket.sendAtOnce() }
        let number = socket.descriptor.rawValue
        let outcome = try address.withKernelAddress { (kernel, length) throws(Errno) in
            attempt { clinux_connect(number, kernel, length) }
        }
        if case .failure(let error) = outcome, error != .inProgress { throw error }
        return socket
    }

    /// Takes one waiting connection from a listener; nil when none waits, or when the one that waited has gone.
    ///
    /// - Throws: the ``Errno`` of accept(2): ``Errno/tooManyFiles``, ``Errno/tooManyFilesInSystem``,
    ///   ``Errno/noBufferSpace`` or ``Errno/noMemory``, and then the connection stays in the backlog;
    ///   ``Errno/invalidArgument`` for a socket that does not listen.
    public func accept() throws(Errno) -> Socket? {
        let number = descriptor.rawValue
        switch attempt({ clinux_accept(number, nil, nil) }) {
        case .success(let accepted): return Socket(FileDescriptor(rawValue: accepted))
        case .failure(let error):
            // accept(2): errors already pending on the new connection are reported here and are none of the listener's.
            switch error.rawValue {
            case EAGAIN, ECONNABORTED, EPROTO, ENETDOWN, ENOPROTOOPT, EHOSTDOWN, ENONET, EHOSTUNREACH, EOPNOTSUPP,
                ENETUNREACH:
                return nil
            default: throw error
            }
        }
    }

    /// Reads once; see ``FileDescriptor/read(into:)``.
    ///
    /// - Throws: the ``Errno`` of recv(2): ``Errno/connectionReset``, ``Errno/timedOut`` when the peer no longer
    ///   answers, the error with which ``connect(to:)`` failed, or ``Errno/notConnected`` for a listener.
    public func read(into room: UnsafeMutableRawBufferPointer) throws(Errno) -> IOResult {
        // recv(2) rather than read(2): what that does for files of any kind takes a fortieth of a read.
        let number = descriptor.rawValue
        return try .read({ recv(number, room.baseAddress, room.count, 0) }, into: room)
    }

    /// The same at once, also where reads block their thread (``block(noLongerThan:)``).
    package func readWithoutWaiting(into room: UnsafeMutableRawBufferPointer) throws(Errno) -> IOResult {
        let number = descriptor.rawValue
        return try .read({ recv(number, room.baseAddress, room.count, clinux_msg_dontwait) }, into: room)
    }

    /// Writes once, perhaps only a first part; a reader that is gone is ``Errno/brokenPipe``, never a SIGPIPE.
    ///
    /// - Throws: the ``Errno`` of send(2): ``Errno/brokenPipe``, ``Errno/connectionReset``, or ``Errno/timedOut`` when
    ///   the peer no longer answers.
    public func write(_ bytes: ByteView) throws(Errno) -> IOResult {
        try write(bytes, flags: clinux_msg_nosignal)
    }

    /// The same at once, also where writes block their thread (``block(noLongerThan:)``).
    package func writeWithoutWaiting(_ bytes: ByteView) throws(Errno) -> IOResult {
        try write(bytes, flags: clinux_msg_nosignal | clinux_msg_dontwait)
    }

    private func write(_ bytes: ByteView, flags: Int32) throws(Errno) -> IOResult {
        let number = descriptor.rawValue
        switch attempt({ send(number, bytes.start, bytes.count, flags) }) {
        case .success(let count): return .bytes(count)
        case .failure(let error): return try .wouldBlock(error)
        }
    }

    /// As ``write(_:)``, together with two descriptors, which the process at the other end then has, too: Unix sockets only (unix(7)).
    ///
    /// - Returns: ``IOResult/wouldBlock`` if neither bytes nor descriptors can be taken now.
    package func write(
        _ bytes: ByteView, passing first: borrowing FileDescriptor, _ second: borrowing FileDescriptor
    ) throws(Errno) -> IOResult {
        let (number, one, other) = (descriptor.rawValue, first.rawValue, second.rawValue)
        switch attempt({ clinux_send_pair(number, bytes.start, bytes.count, one, other) }) {
        case .success(let count): return .bytes(count)
        case .failure(let error): return try .wouldBlock(error)
        }
    }

    /// Reads once, and takes two descriptors that are passed with the bytes, closed in child processes.
    ///
    /// - Parameter pair: called with the descriptors, if there are two; one alone is closed.
    package func read(
        into room: UnsafeMutableRawBufferPointer,
        pair: (consuming FileDescriptor, consuming FileDescriptor) -> Void
    ) throws(Errno) -> IOResult {
        let number = descriptor.rawValue
        var (first, second): (Int32, Int32) = (-1, -1)
        let result = try IOResult.read(
            { clinux_receive_pair(number, room.baseAddress, room.count, &first, &second) }, into: room)
        let one = FileDescriptor(rawValue: first)
        let other = FileDescriptor(rawValue: second)
        if second >= 0 { pair(one, other) }
        return result
    }

    /// Ends the writing direction: the peer reads to the end of what was sent.
    ///
    /// - Throws: the ``Errno`` of shutdown(2): ``Errno/notConnected`` before the connection is made and after the peer
    ///   has reset it.
    public func shutdownWriting() throws(Errno) {
        let number = descriptor.rawValue
        _ = try uninterrupted { () in shutdown(number, Int32(clinux_shut_wr)) }
    }

    /// Makes small writes go out at once (`TCP_NODELAY`), as every socket that answers short requests should.
    ///
    /// - Throws: the ``Errno`` of setsockopt(2): `EOPNOTSUPP` for a Unix socket, which needs no such option.
    public func sendAtOnce() throws(Errno) { try setOption(clinux_ipproto_tcp, TCP_NODELAY, Int32(1)) }

    /// Makes reads and writes block their thread, for whoever has no loop: each for no longer than `limit`, after which it
    /// answers ``IOResult/wouldBlock``. What has come by then is found, even if the process was frozen for longer.
    package func block(noLongerThan limit: Duration) throws(Errno) {
        let (seconds, attoseconds) = limit.components
        // A limit of zero would be none at all.
        let time = timeval(tv_sec: Int(seconds), tv_usec: max(1, Int(attoseconds / 1_000_000_000_000)))
        try setOption(SOL_SOCKET, SO_RCVTIMEO, time)
        try setOption(SOL_SOCKET, SO_SNDTIMEO, time)
        let number = descriptor.rawValue
        let flags = try uninterrupted { () in clinux_fcntl(number, F_GETFL, 0) }
        _ = try uninterrupted { () in clinux_fcntl(number, F_SETFL, flags & ~O_NONBLOCK) }
    }

    /// The error that waits on the socket, which this call clears; nil when there is none.
    ///
    /// - Throws: the ``Errno`` of getsockopt(2): `ENOTSOCK` for a descriptor that is no socket.
    public func takeError() throws(Errno) -> Errno? {
        let value = try option(SOL_SOCKET, SO_ERROR)
        return value == 0 ? nil : Errno(rawValue: value)
    }

    /// Returns true if it is a Unix socket.
    func isUnix() throws(Errno) -> Bool { try option(SOL_SOCKET, SO_DOMAIN) == AF_UNIX }

    /// The address of this end, with the port the kernel chose.
    ///
    /// - Returns: nil for a socket that is neither TCP nor Unix.
    /// - Throws: the ``Errno`` of getsockname(2): `ENOTSOCK` for a descriptor that is no socket.
    public func localAddress() throws(Errno) -> SocketAddress? {
        try address { number, kernel, length in clinux_getsockname(number, kernel, length) }
    }

    /// The address of the other end.
    ///
    /// - Returns: nil for a socket that is neither TCP nor Unix.
    /// - Throws: the ``Errno`` of getpeername(2): ``Errno/notConnected`` for a listener, before the connection is made,
    ///   and after the peer has reset it.
    public func peerAddress() throws(Errno) -> SocketAddress? {
        try address { number, kernel, length in clinux_getpeername(number, kernel, length) }
    }
}

extension Socket {
    private init(family: Int32) throws(Errno) {
        let number = try uninterrupted { () in socket(family, clinux_sock_stream_flags, 0) }
        self.init(FileDescriptor(rawValue: number))
    }

    /// Has closing reset the connection: the peer's reads fail instead of coming to an end, and what is unsent is lost
    /// (`SO_LINGER` with no time).
    ///
    /// - Throws: the ``Errno`` of setsockopt(2): `ENOTSOCK` for a descriptor that is no socket.
    public func resetOnClose() throws(Errno) {
        try setOption(SOL_SOCKET, SO_LINGER, linger(l_onoff: 1, l_linger: 0))
    }

    private func setOption<Value: BitwiseCopyable>(_ level: Int32, _ name: Int32, _ value: Value) throws(Errno) {
        var value = value
        let number = descriptor.rawValue
        _ = try uninterrupted { () in setsockopt(number, level, name, &value, socklen_t(MemoryLayout<Value>.size)) }
    }

    private func option(_ level: Int32, _ name: Int32) throws(Errno) -> Int32 {
        var value: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        let number = descriptor.rawValue
        _ = try uninterrupted { () in getsockopt(number, level, name, &value, &length) }
        return value
    }

    private func address(
        _ call: (Int32, UnsafeMutableRawPointer, UnsafeMutablePointer<socklen_t>) -> Int32
    ) throws(Errno) -> SocketAddress? {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let number = descriptor.rawValue
        return try withUnsafeMutablePointer(to: &storage) { (pointer) throws(Errno) in
            _ = try uninterrupted { () in call(number, pointer, &length) }
            return SocketAddress(kernel: pointer, length: length)
        }
    }
}
