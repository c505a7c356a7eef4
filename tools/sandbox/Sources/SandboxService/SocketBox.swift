import Sandbox

/// A socket that can be kept in an optional class reference and taken out once.
package final class SocketBox {
    private var socket: Socket?

    package init(_ socket: consuming Socket) { self.socket = consume socket }

    /// The socket; nil once it was taken.
    package func take() -> Socket? { socket.take() }
}
