import CLinux
import Reactor

/// The sockets that the service manager passed to this process, each of which can be taken once, as the listener that it
/// must be.
public struct PassedSockets {
    /// Why a socket is of no use as a local listener.
    public enum Refusal: Error, Equatable, Sendable {
        /// The descriptor is not open, or no socket.
        case noSocket
        /// It is of another family than IPv4, IPv6 and Unix.
        case wrongFamily
        /// It carries no stream.
        case noStream
        /// It does not listen: `Accept=yes` passes connections.
        case notListening
        /// Others than this machine could reach it.
        case notLoopback

        /// The fault in words, to be put behind the socket's name.
        public var message: StaticString {
            switch self {
            case .noSocket: "is no open socket"
            case .wrongFamily: "is neither a TCP nor a Unix socket"
            case .noStream: "is no stream socket"
            case .notListening: "does not listen; the unit needs Accept=no"
            case .notLoopback: "listens at an address that is not on loopback"
            }
        }
    }

    private let variables: ListenVariables
    private let first: Int32

    /// The sockets that `variables` name. None of them is inherited by child processes from here on, whether it is
    /// taken or not.
    public init(_ variables: ListenVariables) {
        self.init(variables, first: ListenVariables.firstDescriptor)
    }

    package init(_ variables: ListenVariables, first: Int32) {
        self.variables = variables
        self.first = first
        for index in 0..<variables.count { _ = clinux_fcntl(first + Int32(index), F_SETFD, FD_CLOEXEC) }
    }

    /// The number of sockets.
    public var count: Int { variables.count }

    /// The name of one, see ``ListenVariables/name(of:)``.
    public func name(of index: Int) -> [UInt8] { variables.name(of: index) }

    /// Appends what stands for one in a message: `the passed socket api.socket`, or, without a name, its descriptor as in
    /// `the passed socket 3`.
    public func append(_ index: Int, to line: inout Buffer) {
        line.append("the passed socket ")
        let name = name(of: index)
        if name.isEmpty { return line.append(decimal: UInt64(first) + UInt64(index)) }
        name.withByteView { line.append($0) }
    }

    /// Takes over one that is a listener on loopback and makes it nonblocking. One that is refused is closed.
    ///
    /// - Parameters:
    ///   - index: which of them, from 0, in the order in which they were passed.
    ///   - mayBeReachedFromOutside: for servers that are not for this machine alone.
    /// - Throws: the first ``Refusal`` that applies, in the order in which they are declared.
    public func takeListener(_ index: Int, mayBeReachedFromOutside: Bool = false) throws(Refusal) -> Socket {
        precondition(index >= 0 && index < count, "no such socket")
        let number = first + Int32(index)
        // Owning what is not open would end this process when it is closed.
        guard clinux_fcntl(number, F_GETFD, 0) != -1 else { throw .noSocket }
        let socket = Socket(FileDescriptor(rawValue: number))
        guard let family = option(number, SO_DOMAIN) else { throw .noSocket }
        guard family == AF_INET || family == AF_INET6 || family == AF_UNIX else { throw .wrongFamily }
        guard option(number, SO_TYPE) == clinux_sock_stream else { throw .noStream }
        guard option(number, SO_ACCEPTCONN) == 1 else { throw .notListening }
        let address: SocketAddress?
        do { address = try socket.localAddress() } catch { throw .noSocket }
        guard let address else { throw .wrongFamily }
        guard address.isLoopback || mayBeReachedFromOutside else { throw .notLoopback }
        let flags = clinux_fcntl(number, F_GETFL, 0)
        guard flags != -1, clinux_fcntl(number, F_SETFL, flags | O_NONBLOCK) != -1 else { throw .noSocket }
        // Accepted sockets inherit it; without it they are slower, not wrong.
        if address.port != nil { try? socket.sendAtOnce() }
        return socket
    }

    private func option(_ number: Int32, _ name: Int32) -> Int32? {
        var value: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        return getsockopt(number, SOL_SOCKET, name, &value, &length) == 0 ? value : nil
    }
}
