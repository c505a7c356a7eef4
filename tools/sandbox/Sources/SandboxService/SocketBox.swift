import Sandbox

/// A socket that can be kept in an optional class reference and taken out once.
public final class SocketBox {
    private var socket: Socket?

    /// A box with a socket in it.
    public init(_ socket: consuming Socket) { self.socket = consume socket }

    /// The socket; nil once it was taken.
    public func take() -> Socket? { socket.take() }
}
