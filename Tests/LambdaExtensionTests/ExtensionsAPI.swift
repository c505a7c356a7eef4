import LambdaExtension
import TestSupport
import Testing

/// The service's side of the Extensions API: notes every request and answers it as the test says.
final class ExtensionsAPI {
    /// A request, copied.
    struct Request {
        let line: String
        let fields: [String: String]
        let body: String
    }

    /// The answer to give.
    enum Answer {
        /// A status, a body, and an identifier where it is not empty.
        case plain(Int, String, identifier: String = "")
        /// Whatever the bytes are; they leave in pieces of a few bytes, so that the client sees every part arrive alone.
        case raw(String)
        /// The end of the connection.
        case close
        /// Nothing, ever.
        case silence
    }

    let loop: EventLoop
    let endpoint: LambdaEndpoint
    private(set) var requests: [Request] = []
    /// The number of connections so far.
    private(set) var connections = 0
    private let answer: (Request) -> Answer
    private let listener: Socket
    private var peers: [Peer] = []

    init(on loop: EventLoop, _ answer: @escaping (Request) -> Answer) throws {
        self.loop = loop
        self.answer = answer
        listener = try Socket.listen(on: .loopback(port: 0))
        let address = try #require(try listener.localAddress())
        endpoint = try address.description.withByteView { text throws(SettingError) in
            try LambdaEndpoint(parsing: text)
        }
        _ = try loop.register(listener.descriptor, for: .read) { [unowned self] _ in accept() }
    }

    private func accept() {
        guard let socket = try? listener.accept() else { return }
        connections += 1
        let peer = Peer(socket)
        peers.append(peer)
        peer.token = try? loop.register(peer.socket.descriptor, for: .read) { [unowned self, unowned peer] _ in
            read(peer)
        }
    }

    private func read(_ peer: Peer) {
        guard case .bytes(let count)? = try? peer.socket.read(into: peer.input.reserve(4_096)) else {
            return close(peer)
        }
        peer.input.commit(count)
        while let request = peer.nextRequest() {
            requests.append(request)
            switch answer(request) {
            case .silence: break
            case .close: return close(peer)
            case .plain(let status, let body, let identifier):
                var head = "HTTP/1.1 \(status) Something\r\nContent-Length: \(body.utf8.count)\r\n"
                if !identifier.isEmpty { head += "Lambda-Extension-Identifier: \(identifier)\r\n" }
                _ = (head + "\r\n" + body).withByteView { try? peer.socket.write($0) }
            case .raw(let text): drip(Array(text.utf8), to: peer)
            }
        }
    }

    /// Sends a few bytes a round, and ends the connection behind the last.
    private func drip(_ bytes: [UInt8], to peer: Peer) {
        guard !bytes.isEmpty else { return close(peer) }
        let piece = min(bytes.count, max(1, bytes.count / 16))
        _ = Array(bytes[..<piece]).withByteView { try? peer.socket.write($0) }
        loop.enqueue { [self] in drip(Array(bytes[piece...]), to: peer) }
    }

    private func close(_ peer: Peer) {
        if let token = peer.token { loop.deregister(token) }
        peer.token = nil
        peers.removeAll { $0 === peer }
    }

    private final class Peer {
        let socket: Socket
        var input = Buffer()
        var fields = FieldTable()
        var token: Token?

        init(_ socket: consuming Socket) { self.socket = socket }

        func nextRequest() -> Request? {
            let bytes = input.readable
            guard case .complete(let head, let length)? = try? parseRequestHead(bytes, fields: &fields) else {
                return nil
            }
            var bodyCount = 0
            if case .length(let count) = head.framing { bodyCount = Int(count) }
            guard bytes.count >= length + bodyCount else { return nil }
            let lines = head.fields(in: bytes, fields)
            var fields: [String: String] = [:]
            for index in 0..<lines.count { fields[lines[index].name.string] = lines[index].value.string }
            let line = "\(head.method(in: bytes).string) \(head.target(in: bytes).string)"
            let body = bytes[length..<length + bodyCount].string
            input.consume(length + bodyCount)
            return Request(line: line, fields: fields, body: body)
        }
    }
}

extension EventLoop {
    /// Runs rounds until `condition` holds; fails the test when that never comes.
    func runRounds(until condition: () -> Bool) throws {
        let deadline = Instant.now + patience
        while !condition() {
            try #require(Instant.now < deadline, "waited in vain")
            try runOnce(until: deadline)
        }
    }
}
