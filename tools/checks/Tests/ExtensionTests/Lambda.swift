import LambdaExtension
import Testing

/// Lambda's side: an Extensions API that notes every request, keeps whoever asks for Next waiting, and answers as the
/// test says.
final class Lambda {
    /// The calls of the API.
    enum Call: String, Equatable {
        case register = "POST /2020-01-01/extension/register"
        case next = "GET /2020-01-01/extension/event/next"
        case initError = "POST /2020-01-01/extension/init/error"
        case exitError = "POST /2020-01-01/extension/exit/error"
    }

    /// A request, copied.
    struct Request {
        let call: Call?
        let fields: [String: String]
        let body: String
    }

    /// The answer to a call.
    enum Answer {
        case status(Int, String)
        /// Whatever the bytes are, and then the end of the connection.
        case raw(String)
        /// The end of the connection.
        case close
        /// Nothing until ``Lambda/answer(_:)``.
        case later
    }

    static let identifier = "4ac8b1c1-0000-4000-8000-9b7c0a2f33e1"

    let port: UInt16
    private(set) var requests: [Request] = []
    /// Answers in place of the usual ones.
    var answers: [Call: Answer] = [:]
    /// Called as soon as a request was read, before anything else happens.
    var onRequest: ((Request) -> Void)?
    /// The beginning of the paths of all calls.
    var path = ""
    private let loop: EventLoop
    private var listener: OwnedSocket?
    private var listening: Token?
    private var peers: [Peer] = []
    private var waiting: Peer?

    init(on loop: EventLoop) throws {
        self.loop = loop
        let listener = OwnedSocket(try Socket.listen(on: .loopback(port: 0)))
        port = try #require(try listener.socket.localAddress()?.port)
        listening = try loop.register(listener.socket.descriptor, for: .read) { [unowned self] _ in accept() }
        self.listener = listener
    }

    /// True if somebody waits for an event.
    var isWaiting: Bool { waiting != nil }

    /// The number of times Next was asked for.
    var nextCount: Int { requests.count { $0.call == .next } }

    /// The calls so far, in order.
    var calls: [Call?] { requests.map(\.call) }

    /// Answers the call that waits.
    func answer(_ answer: Answer) throws {
        let peer = try #require(waiting, "nobody waits for an answer")
        waiting = nil
        give(answer, to: peer)
    }

    /// Answers Next with an invocation, whose deadline is an hour off unless given.
    func invoke(_ id: String, deadline: Int64? = nil, traceCount: Int = 0) throws {
        let trace = String(repeating: "t", count: traceCount)
        let tracing = #","tracing":{"type":"X-Amzn-Trace-Id","value":"\#(trace)"}"#
        let deadline = deadline ?? WallClock.milliseconds + 3_600_000
        try answer(
            .status(
                200,
                #"{"eventType":"INVOKE","deadlineMs":\#(deadline),"requestId":"\#(id)","#
                    + #""invokedFunctionArn":"arn:aws:lambda:eu-west-1:123456789012:function:f""#
                    + (traceCount > 0 ? tracing : "") + "}"))
    }

    /// Answers Next with the end.
    func shutDown(_ reason: String = "spindown") throws {
        let body =
            #"{"eventType":"SHUTDOWN","deadlineMs":\#(WallClock.milliseconds + 2_000),"shutdownReason":"\#(reason)"}"#
        try answer(.status(200, body))
    }

    /// Stops listening; open connections stay.
    func stopListening() {
        if let listening { loop.deregister(listening) }
        listening = nil
        listener = nil
    }

    private func accept() {
        guard let listener, let socket = try? listener.socket.accept() else { return }
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
        while let request = peer.nextRequest(below: path) {
            requests.append(request)
            onRequest?(request)
            give(request.call.flatMap { answers[$0] } ?? usual(request.call), to: peer)
        }
    }

    private func usual(_ call: Call?) -> Answer {
        switch call {
        case .register: .status(200, #"{"functionName":"f","functionVersion":"$LATEST","handler":"h"}"#)
        case .next: .later
        case .initError, .exitError: .status(202, #"{"status":"OK"}"#)
        case nil: .status(404, "404 page not found")
        }
    }

    private func give(_ answer: Answer, to peer: Peer) {
        switch answer {
        case .later: waiting = peer
        case .close: close(peer)
        case .raw(let text):
            peer.write(text)
            close(peer)
        case .status(let status, let body):
            var head = "HTTP/1.1 \(status) Something\r\nLambda-Extension-Identifier: \(Self.identifier)\r\nX-Empty:\r\n"
            let count = body.utf8.count
            // Lambda's own server sends larger bodies in chunks.
            if count > 2_048 {
                head += "Transfer-Encoding: chunked\r\n\r\n"
                peer.write(head + String(count, radix: 16) + "\r\n" + body + "\r\n0\r\n\r\n")
            } else {
                peer.write(head + "Content-Length: \(count)\r\n\r\n" + body)
            }
        }
    }

    private func close(_ peer: Peer) {
        if let token = peer.token { loop.deregister(token) }
        peer.token = nil
        if waiting === peer { waiting = nil }
        peers.removeAll { $0 === peer }
    }

    private final class Peer {
        let socket: Socket
        var input = Buffer()
        var fields = FieldTable()
        var token: Token?

        init(_ socket: consuming Socket) { self.socket = socket }

        func write(_ text: String) { _ = text.withByteView { try? socket.write($0) } }

        func nextRequest(below path: String) -> Request? {
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
            let target = head.target(in: bytes).string
            let isBelow = target.hasPrefix(path + "/")
            let line =
                "\(head.method(in: bytes).string) \(isBelow ? String(target.dropFirst(path.count)) : "elsewhere")"
            let body = bytes[length..<length + bodyCount].string
            input.consume(length + bodyCount)
            return Request(call: Call(rawValue: line), fields: fields, body: body)
        }
    }
}
