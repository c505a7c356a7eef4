import CLinux
import Reactor
import Testing

/// A listener on a bench that hands the test the bare connections which are made to it.
final class Origin {
    let address: SocketAddress
    /// The connections made, in order.
    private(set) var peers: [Peer] = []
    private let loop: EventLoop
    private var listening: Listening?

    init(_ bench: Bench, _ transport: Bench.Transport, kernelBuffers: Int32? = nil) throws {
        loop = bench.loop
        let listening = Listening(try bench.listen(transport, kernelBuffers: kernelBuffers))
        address = try #require(try listening.socket.localAddress())
        self.listening = listening
        listening.token = try loop.register(listening.socket.descriptor, for: .read) { [unowned self] _ in accept() }
    }

    deinit { stopListening() }

    /// Closes the listener: further connections are refused, at once.
    ///
    /// A process that another test is starting has a copy of the descriptor for a moment, so that closing alone would
    /// end nothing yet.
    func stopListening() {
        guard let listening else { return }
        if let token = listening.token { loop.deregister(token) }
        shutdown(listening.socket.descriptor.rawValue, Int32(SHUT_RDWR))
        self.listening = nil
    }

    private func accept() {
        while let listening, let socket = try? listening.socket.accept() {
            guard let peer = try? Peer(socket, loop: loop) else { return }
            peers.append(peer)
        }
    }

    private final class Listening {
        let socket: Socket
        var token: Token?
        init(_ socket: consuming Socket) { self.socket = socket }
    }
}
