import Reactor
import Testing

/// Both ends of a connection made through a listener.
final class Connection {
    let client: Socket
    let server: Socket

    init(through listener: borrowing Socket) throws {
        let address = try #require(try listener.localAddress())
        let client = try Socket.connect(to: address)
        try Self.wait(for: listener)
        guard let server = try listener.accept() else {
            Issue.record("no connection waits")
            throw Errno.connectionAborted
        }
        self.client = client
        self.server = server
    }

    /// Sleeps until the socket is readable, ten seconds at most.
    static func wait(for socket: borrowing Socket) throws {
        var poller = try Poller(capacity: 1)
        try poller.add(socket.descriptor.rawValue, for: .read, token: Token(slot: 0, generation: 1))
        let deadline = Instant.now + .seconds(10)
        while try poller.wait(until: deadline, now: .now) == 0 {
            try #require(Instant.now < deadline, "waited in vain")
        }
    }

    /// What is there to be read; nil for nothing yet, empty for the end of the stream.
    func read(_ end: Side) throws -> String? {
        var buffer = Buffer(capacity: 64)
        let result = try end == .client ? client.read(into: buffer.reserve(64)) : server.read(into: buffer.reserve(64))
        switch result {
        case .wouldBlock: return nil
        case .endOfStream: return ""
        case .bytes(let count):
            buffer.commit(count)
            return buffer.readable.string
        }
    }

    /// What comes next.
    func next(_ end: Side) throws -> String? {
        if end == .client { try Self.wait(for: client) } else { try Self.wait(for: server) }
        return try read(end)
    }

    enum Side { case client, server }
}
