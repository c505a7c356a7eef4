import Reactor
import Testing

/// Both ends of a connection made through a listener.
final class Connection {
    let client: Socket
    let server: Socket

    init(through listener: borrowing Socket) throws {
        let address = try #require(try listener.localAddress())
        let client = try Socket.connect(to: address)
        try listener.descriptor.waitUntilReadable()
        guard let server = try listener.accept() else {
            Issue.record("no connection waits")
            throw Errno.connectionAborted
        }
        self.client = client
        self.server = server
    }

    /// Reads what is there; nil for nothing yet, empty for the end of the stream.
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

    /// Reads what comes next.
    func next(_ end: Side) throws -> String? {
        if end == .client {
            try client.descriptor.waitUntilReadable()
        } else {
            try server.descriptor.waitUntilReadable()
        }
        return try read(end)
    }

    enum Side { case client, server }
}
