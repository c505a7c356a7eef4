import CFuzzer
import Hold
@testable import ReactorHTTP

/// A whole connection of the local protocol: real bytes through a socket pair, the server's reading, the requests as the
/// extension understands them. In whatever pieces they come, the answers are those of a plain reading.
func checkConnection(_ input: ByteView) {
    guard let (cuts, bytes) = Cuts.split(input) else { return }
    let limit = 200
    let expected = plainAnswers(bytes.array, bodyLimit: limit)
    let whole = LocalServer(bodyLimit: limit).answers(to: bytes, nil)
    expectEqual(whole, expected, "the answers and the plain reading's")
    let inPieces = LocalServer(bodyLimit: limit).answers(to: bytes, cuts)
    expectEqual(inPieces, expected, "the answers to pieces and the plain reading's")
}

/// An answer as its peer sees it.
struct LocalAnswer: Equatable {
    var status: Int
    var body: String
    var isKeepAlive: Bool

    /// After a fault in a chunked body, which one is reported depends on what had come when it was looked at.
    static func == (left: LocalAnswer, right: LocalAnswer) -> Bool {
        let statuses = (min(left.status, right.status), max(left.status, right.status))
        let isSame =
            left.status == right.status || statuses == (400, 413) || statuses == (413, 431)
            || statuses == (400, 431)
        return isSame && left.body == right.body && left.isKeepAlive == right.isKeepAlive
    }
}

/// The words for a request that the handler answers with.
private func words(_ local: LocalRequest, _ body: ByteView, _ trailers: Int) -> String {
    let name =
        switch local {
        case .check(let pid, _): "check \(pid.map { "\($0)" } ?? "-")"
        case .done(let id): "done \(id?.withBytes { Array($0) } ?? [])"
        case .status: "status"
        case .refused(let status, let allow): "refused \(status) \(allow.map { "\($0)" } ?? "-")"
        }
    return "\(name), body \(body.array), \(trailers) trailers"
}

/// One server and one peer.
private struct LocalServer {
    nonisolated(unsafe) static let loop = try! EventLoop()
    nonisolated(unsafe) static let room = UnsafeMutableRawBufferPointer.allocate(byteCount: 65_536, alignment: 1)
    let server: HTTPServer

    init(bodyLimit: Int) {
        var limits = HTTPServer.Limits()
        limits.bodyBytes = bodyLimit
        limits.unsentBytes = 300
        server = HTTPServer(loop: Self.loop, limits: limits) { request, responder in
            let local = LocalRequest(request)
            if case .done(let id?) = local {
                let name = request.field("Lambda-Runtime-Aws-Request-Id")?.array ?? []
                expectEqual(id.withBytes { Array($0) }, name, "a request id and its bytes")
            }
            let text = words(local, request.body, request.trailers.count)
            let isLate = if case .status = local { true } else { false }
            let answer = {
                text.withByteView { responder.respond(200, body: $0) }
                if !isLate { responder.flush() }
            }
            // One that is asked for the status answers after its handler has returned.
            if isLate { Self.loop.enqueue(answer) } else { answer() }
        }
    }

    /// Sends the bytes in pieces, or whole, and returns the answers.
    func answers(to bytes: ByteView, _ cuts: Cuts?) -> [LocalAnswer] {
        var ends: (Int32, Int32) = (-1, -1)
        guard fuzzer_socket_pair(&ends.0, &ends.1) == 0 else { fail("no socket pair") }
        server.context.add(Socket(FileDescriptor(rawValue: ends.0)))
        let peer = Socket(FileDescriptor(rawValue: ends.1))
        var output: [UInt8] = []
        var cuts = cuts
        var sent = 0
        while sent < bytes.count {
            let count = cuts?.next(of: bytes.count - sent) ?? bytes.count
            let isSent = (try? peer.write(bytes[sent..<sent + count])) != nil
            sent += count
            run()
            receive(peer, &output)
            if !isSent { break }
        }
        try? peer.shutdownWriting()
        run()
        receive(peer, &output)
        expectEqual(server.connectionCount, 0, "the connections after the peer's end")
        return parse(output)
    }

    /// Runs the loop until there is nothing to do.
    private func run() {
        for _ in 0..<10_000 {
            if (try? Self.loop.runOnce(until: .now)) == 0 { return }
        }
        fail("the loop spins")
    }

    private func receive(_ peer: borrowing Socket, _ output: inout [UInt8]) {
        while true {
            guard case .bytes(let count)? = try? peer.read(into: Self.room), count > 0 else { return }
            output += Self.room[..<count]
        }
    }

    /// Reads the answers back; whatever was asked, they are well formed.
    private func parse(_ output: [UInt8]) -> [LocalAnswer] {
        output.withByteView { view in
            var answers: [LocalAnswer] = []
            var table = FieldTable()
            var rest = view
            while !rest.isEmpty {
                guard let status = try? parseResponseHead(rest, fields: &table),
                    case .complete(let head, let length) = status
                else { fail("an answer that is none: \(rest.string.debugDescription)") }
                guard !head.isInterim else {
                    rest = rest.dropFirst(length)
                    continue
                }
                let text = head.fields(in: rest, table).first("Content-Length")?.decimal ?? 0
                // The answer to HEAD has no body, and the next answer or nothing follows.
                let isBare = rest.count == length || rest.dropFirst(length).starts(with: "HTTP/1.1 ")
                let count = isBare ? 0 : Int(text)
                guard rest.count >= length + count else { fail("an answer that is cut off") }
                answers.append(
                    LocalAnswer(
                        status: head.status, body: rest[length..<length + count].string,
                        isKeepAlive: head.isKeepAlive))
                rest = rest.dropFirst(length + count)
            }
            return answers
        }
    }
}

/// The expected answers: one head after another from the bytes as a whole, bodies by the naive twin.
private func plainAnswers(_ bytes: [UInt8], bodyLimit: Int) -> [LocalAnswer] {
    var answers: [LocalAnswer] = []
    var rest = bytes[...]
    var table = FieldTable()
    var trailerTable = FieldTable()
    /// Returns true: nothing is read behind it.
    func refuse(_ status: Int) -> Bool {
        answers.append(LocalAnswer(status: status, body: "", isKeepAlive: false))
        return true
    }
    while !rest.isEmpty {
        let isLast = Array(rest).withByteView { view in
            let head: RequestHead
            let length: Int
            do throws(HTTPParseError) {
                guard case .complete(let found, let count) = try parseRequestHead(view, fields: &table) else {
                    return true
                }
                (head, length) = (found, count)
            } catch {
                return refuse(error.status)
            }
            var body: [UInt8] = []
            var trailers: [UInt8] = []
            switch head.framing {
            case .none, .untilClose: rest = rest.dropFirst(length)
            case .length(let count):
                guard count <= UInt64(bodyLimit) else { return refuse(413) }
                guard view.count - length >= Int(count) else { return true }
                body = view[length..<length + Int(count)].array
                rest = rest.dropFirst(length + Int(count))
            case .chunked:
                let coded = view.dropFirst(length).array
                let twin = ChunkTwin(coded)
                switch twin.end {
                case .refused: return refuse(400)
                case .partial: return twin.body.count <= bodyLimit || refuse(400)
                case .complete(let start, let end):
                    guard twin.body.count <= bodyLimit else { return refuse(400) }
                    body = twin.body
                    trailers = Array(coded[start..<end])
                    rest = rest.dropFirst(length + end)
                }
            }
            let request = body.withByteView { body in
                HTTPRequest(
                    method: head.method(in: view), target: head.target(in: view), version: head.version,
                    fields: head.fields(in: view, table), body: body, trailers: .empty)
            }
            let count = trailers.withByteView { section in
                guard let status = try? parseTrailers(section, fields: &trailerTable),
                    case .complete(let fields, _) = status
                else { return 0 }
                return fields.count
            }
            let isHead = request.method == "HEAD"
            let text = body.withByteView { words(LocalRequest(request), $0, count) }
            answers.append(LocalAnswer(status: 200, body: isHead ? "" : text, isKeepAlive: head.isKeepAlive))
            return !head.isKeepAlive
        }
        if isLast { break }
    }
    return answers
}
