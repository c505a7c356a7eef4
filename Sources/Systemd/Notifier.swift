import Reactor

/// Tells the service manager how a service is, over the socket that `NOTIFY_SOCKET` names (sd_notify(3)).
public final class Notifier {
    private let address: SocketAddress
    private var socket: DatagramSocket
    private var notice = Notice()

    /// Reads the value of `NOTIFY_SOCKET`: an absolute path, or `@` and an abstract name.
    ///
    /// - Returns: nil for any other address, such as `vsock:`, which a machine's manager outside of it listens at.
    public static func address(parsing text: ByteView) -> SocketAddress? {
        // One byte of the kernel's room is the zero behind a path, or before a name.
        guard text.count > 1, text.count <= 107, text.firstIndex(of: 0) == nil else { return nil }
        var path = text.array
        switch path[0] {
        case UInt8(ascii: "/"): break
        case UInt8(ascii: "@"): path[0] = 0
        default: return nil
        }
        return .unix(path)
    }

    /// Connects to the manager.
    ///
    /// - Throws: the `Errno` of connect(2).
    public init(address: SocketAddress) throws(Errno) {
        self.address = address
        socket = try DatagramSocket.connect(to: address)
    }

    /// Sends what `compose` says, as one datagram; nothing is sent when it says nothing. Allocates nothing once it has
    /// said its longest.
    ///
    /// - Throws: the `Errno` of send(2), when a new connection did not help either.
    public func notify(_ compose: (inout Notice) -> Void) throws(Errno) {
        notice.removeAll()
        compose(&notice)
        guard !notice.isEmpty else { return }
        do {
            try socket.send(notice.bytes)
        } catch {
            // A manager that was started anew listens at the same address with another socket.
            guard error == .connectionRefused || error == .notConnected else { throw error }
            socket = try DatagramSocket.connect(to: address)
            try socket.send(notice.bytes)
        }
    }
}
