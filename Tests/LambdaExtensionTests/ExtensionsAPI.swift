import LambdaExtension
import Testing

/// The service's side of the Extensions API: notes every request and answers it as the test says.
class ExtensionsAPI {
    /// A request, copied.
    struct Request {
        /// Its method and target.
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
        /// Nothing, until `answerWaiting(_:)`.
        case silence
    }

    let loop: EventLoop
    let endpoint: LambdaEndpoint
    private(set) var requests: [Request] = []
    /// The number of connections so far.
    private(set) var connections = 0
    private let answer: (Request) -> Answer
    private var listener: Listener?
    private var peers: [Peer] = []
    private weak var waiting: Peer?

    init(on loop: EventLoop, _ answer: @escaping (Request) -> Answer = { _ in .silence }) throws {
        self.loop = loop
        self.answer = answer
        let listener = Listener(try Socket.listen(on: .loopback(port: 0)))
        let address = try #require(try listener.socket.localAddress())
        endpoint = try address.description.withByteView { text throws(SettingError) in
            try LambdaEndpoint(parsing: text)
        }
        self.listener = listener
        listener.token = try loop.register(listener.socket.descriptor, for: .read) { [unowned self] _ in accept() }
    }

    /// The answer to a request.
    func answer(to request: Request) -> Answer { answer(request) }

    /// Answers the request that was met with silence last.
    func answerWaiting(_ answer: Answer) throws {
        let peer = try #require(waiting, "nobody waits for an answer")
        waiting = nil
        give(answer, to: peer)
    }

    /// True if somebody waits for an answer.
    var isWaiting: Bool { waiting != nil }

    /// Stops listening; open connections stay.
    func stopListening() {
        if let token = listener?.token { loop.deregister(token) }
        listener = nil
    }

    private func accept() {
        guard let listener, let socket = try? listener.socket.accept() else { return }
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
            give(answer(to: request), to: peer)
        }
    }

    private func give(_ answer: Answer, to peer: Peer) {
        switch answer {
        case .silence: waiting = peer
        case .close: close(peer)
        case .raw(let text): drip(Array(text.utf8), to: peer)
        case .plain(let status, let body, let identifier):
            var head = "HTTP/1.1 \(status) Something\r\nX-Empty:\r\n"
            if !identifier.isEmpty { head += "Lambda-Extension-Identifier: \(identifier)\r\n" }
            let count = body.utf8.count
            // Lambda's own server sends larger bodies in chunks.
            if count > 2_048 {
                peer.write(
                    head + "Transfer-Encoding: chunked\r\n\r\n\(String(count, radix: 16))\r\n\(body)\r\n0\r\n\r\n")
            } else {
                peer.write(head + "Content-Length: \(count)\r\n\r\n" + body)
            }
        }
    }

    /// Sends a few bytes a round, and ends the connection behind the last.
    private func drip(_ bytes: [UInt8], to peer: Peer) {
        guard !bytes.isEmpty else { return close(peer) }
        let piece = min(bytes.count, max(1, bytes.count / 16))
        peer.write(String(decoding: bytes[..<piece], as: UTF8.self))
        loop.enqueue { [self] in drip(Array(bytes[piece...]), to: peer) }
    }

    private func close(_ peer: Peer) {
        if let token = peer.token { loop.deregister(token) }
        peer.token = nil
        peers.removeAll { $0 === peer }
    }

    /// A socket that can be let go while its owner stays.
    private final class Listener {
        let socket: Socket
        var token: Token?
        init(_ socket: consuming Socket) { self.socket = socket }
    }

    private final class Peer {
        let socket: Socket
        var input = Buffer()
        var fields = FieldTable()
        var token: Token?

        init(_ socket: consuming Socket) { self.socket = socket }

        func write(_ text: String) { _ = text.withByteView { try? socket.write($0) } }

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
