import Bytes
import HTTP1
import TestSupport
import Testing

/// The state of a server's connection, without a socket: the table of what it waits for, and requests at every split.
@Suite struct ServerConnectionStateTests {
    typealias State = ServerConnectionState

    // MARK: What it waits for

    private static func head(_ text: String) throws -> RequestHead {
        var fields = FieldTable()
        guard
            case .complete(let head, _) = try text.withByteView({ (view) throws(HTTPParseError) in
                try parseRequestHead(view, fields: &fields)
            })
        else { throw HTTPParseError.headTooLarge }
        return head
    }

    /// Puts a connection into a state that has a name.
    private static func state(_ name: String) throws -> State {
        var state = State()
        let get = try head("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        func answering() {
            state.received()
            state.begin(get, isHead: false)
        }
        switch name {
        case "new": break
        case "body":
            var input = Buffer()
            input.append("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\na")
            var fields = FieldTable()
            guard case .head(let head, let length) = try state.reader.next(in: &input, fields: &fields) else { break }
            state.received()
            #expect(try state.reader.gather(head, length, limit: 9, in: &input) == nil)
        case "answering": answering()
        case "receiving":
            answering()
            state.stream = .open
        case "paused":
            answering()
            state.stream = .paused
        case "answered":
            answering()
            state.answer()
        case "turn":
            answering()
            state.answer()
            state.needsTurn = true
        case "last":
            answering()
            state.isLast = true
        case "said":
            answering()
            state.isLast = true
            state.answer()
        case "refused": state.refuse()
        case "lingering":
            state.refuse()
            state.linger()
        default: state.close()
        }
        return state
    }

    struct Row: CustomTestStringConvertible, Sendable {
        let state: String
        let buffered: Int
        let unsent: Int
        let interest: State.Interest
        let wait: State.Wait
        var serves = true
        var isIdle = false
        var hasSaidAll = false
        var testDescription: String { "\(state), \(buffered) buffered, \(unsent) unsent" }
    }

    private static let full = HTTPLimits.headBytes

    static let rows = [
        // Before its first request, too, a peer has a limit.
        Row(state: "new", buffered: 0, unsent: 0, interest: .arrivals, wait: .head(0), isIdle: true),
        Row(state: "new", buffered: 1, unsent: 0, interest: .arrivals, wait: .head(0)),
        Row(state: "body", buffered: 60, unsent: 0, interest: .arrivals, wait: .body(1)),
        Row(state: "body", buffered: 60, unsent: 1, interest: .writing, wait: .writing(0)),
        Row(state: "answering", buffered: 0, unsent: 0, interest: .arrivals, wait: .none),
        Row(state: "answering", buffered: full - 1, unsent: 0, interest: .arrivals, wait: .none),
        // It cannot fill our memory while its answer is awaited.
        Row(state: "answering", buffered: full, unsent: 0, interest: .nothing, wait: .none),
        Row(state: "answering", buffered: full, unsent: 1, interest: .writing, wait: .writing(0)),
        Row(state: "receiving", buffered: 0, unsent: 0, interest: .arrivals, wait: .body(1)),
        Row(state: "receiving", buffered: 0, unsent: 1, interest: .writing, wait: .writing(0)),
        // A consumer that pauses has all the time it wants, but hears of the peer's end.
        Row(state: "paused", buffered: 9, unsent: 0, interest: .hangUp, wait: .none),
        Row(state: "paused", buffered: 9, unsent: 1, interest: .writing, wait: .writing(0)),
        Row(state: "answered", buffered: 0, unsent: 0, interest: .arrivals, wait: .none, isIdle: true),
        Row(state: "answered", buffered: 1, unsent: 0, interest: .arrivals, wait: .head(1)),
        Row(state: "answered", buffered: 0, unsent: 1, interest: .writing, wait: .writing(0)),
        Row(state: "turn", buffered: 1, unsent: 0, interest: .arrivals, wait: .turn),
        Row(state: "turn", buffered: 1, unsent: 1, interest: .writing, wait: .writing(0)),
        Row(state: "last", buffered: 0, unsent: 0, interest: .arrivals, wait: .none),
        Row(state: "said", buffered: 1, unsent: 1, interest: .writing, wait: .writing(0), serves: false),
        Row(
            state: "said", buffered: 0, unsent: 0, interest: .arrivals, wait: .none, serves: false, isIdle: true,
            hasSaidAll: true),
        Row(state: "refused", buffered: 0, unsent: 1, interest: .writing, wait: .writing(0), serves: false),
        Row(
            state: "refused", buffered: 0, unsent: 0, interest: .arrivals, wait: .head(0), serves: false, isIdle: true,
            hasSaidAll: true),
        Row(state: "lingering", buffered: 0, unsent: 0, interest: .arrivals, wait: .lingering, serves: false),
        Row(state: "closed", buffered: 0, unsent: 0, interest: .arrivals, wait: .none, serves: false),
        Row(state: "closed", buffered: 1, unsent: 1, interest: .writing, wait: .none, serves: false),
    ]

    @Test(arguments: rows)
    func table(_ row: Row) throws {
        let state = try Self.state(row.state)
        #expect(state.interest(buffered: row.buffered, unsent: row.unsent) == row.interest)
        #expect(state.wait(buffered: row.buffered, unsent: row.unsent) == row.wait)
        #expect(state.serves == row.serves)
        #expect(state.isIdle(buffered: row.buffered, unsent: row.unsent) == row.isIdle)
        #expect(state.hasSaidAll(unsent: row.unsent) == row.hasSaidAll)
    }

    /// A limit begins anew with each message, each piece of a streamed body, and each write that got somewhere; not otherwise.
    @Test func eachWaitHasALimitOfItsOwn() throws {
        var state = try Self.state("receiving")
        let first = state.wait(buffered: 0, unsent: 0)
        state.received()
        #expect(state.wait(buffered: 0, unsent: 0) != first)
        let blocked = state.wait(buffered: 0, unsent: 5)
        #expect(state.wait(buffered: 0, unsent: 4) == blocked)
        state.wrote(1)
        #expect(state.wait(buffered: 0, unsent: 4) != blocked)
    }

    /// Nothing that is reported brings a connection back.
    @Test func closedStaysClosed() throws {
        let steps: [(inout State) -> Void] = [
            { $0.answer() }, { $0.refuse() }, { $0.linger() }, { $0.close() }, { $0.wrote(1) }, { $0.received() },
        ]
        for step in steps {
            var state = try Self.state("closed")
            step(&state)
            #expect(state.isClosed && !state.serves && !state.isAwaiting(state.exchange))
        }
    }

    /// An answer is given once, to the request that it is for.
    @Test func anAnswerIsForOneExchange() throws {
        var state = try Self.state("answering")
        let first = state.exchange
        #expect(state.isAwaiting(first) && !state.isAwaiting(first &+ 1))
        state.answer()
        #expect(!state.isAwaiting(first))
        state.begin(try Self.head("HEAD / HTTP/1.0\r\n\r\n"), isHead: true)
        #expect(!state.isAwaiting(first) && state.isAwaiting(first &+ 1))
        #expect(state.answersHead && state.version == .http10 && state.isLast)
        state.beginAnswer()
        #expect(!state.isAwaiting(first &+ 1))
    }

    // MARK: Requests at every split

    /// The pieces that a connection hands out of a stream of bytes, and its verdict in the end.
    private func served(_ pieces: [[UInt8]]) -> [String] {
        var state = State()
        var input = Buffer()
        var fields = FieldTable()
        var trailers = FieldTable()
        var log: [String] = []
        func handle(_ head: RequestHead, _ extent: BodyExtent) {
            let bytes = input.readable
            let method = head.method(in: bytes)
            let target = head.target(in: bytes).string
            let end = Field.all(in: extent.trailers(in: bytes, &trailers)).count
            state.begin(head, isHead: method == "HEAD")
            log.append("\(method.string) \(target) \(bytes[extent.body].string) \(end)")
            input.consume(extent.end)
            state.answer()
        }
        for piece in pieces {
            piece.withByteView { input.append($0) }
            serving: while state.serves {
                do throws(BodyFault) {
                    switch try state.reader.next(in: &input, fields: &fields) {
                    case .needsMore: break serving
                    case .request(let head, let extent): handle(head, extent)
                    case .head(let head, let length):
                        state.received()
                        if let extent = try state.reader.gather(head, length, limit: 9, in: &input) {
                            handle(head, extent)
                        }
                    }
                } catch {
                    log.append("\(error)")
                    state.refuse()
                    input.removeAll()
                }
            }
            #expect(state.hasSaidAll(unsent: 0) == !state.serves)
        }
        return log
            + (state.serves ? ["\(state.reader.isInBody ? "in a body" : "at a head"), \(input.count) bytes"] : ["over"])
    }

    static let streams: [(bytes: String, log: [String])] = [
        (
            "GET /a HTTP/1.1\r\nHost: a\r\n\r\nHEAD /b HTTP/1.1\r\nHost: a\r\n\r\n",
            ["GET /a  0", "HEAD /b  0", "at a head, 0 bytes"]
        ),
        (
            "POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabcPOST /b HTTP/1.1\r\nHost: a\r\n"
                + "Transfer-Encoding: chunked\r\n\r\n3\r\ndef\r\n0\r\nT: 1\r\n\r\nGET /c HTTP/1.1\r\nHost: a\r\n\r\nGET",
            ["POST /a abc 0", "POST /b def 1", "GET /c  0", "at a head, 3 bytes"]
        ),
        (
            "POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\nPOST /b HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc",
            ["POST /a  0", "in a body, 51 bytes"]
        ),
        ("GET / HTTP/1.0\r\n\r\nGET / HTTP/1.1\r\n", ["GET /  0", "over"]),
        ("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\nrest", ["GET /  0", "over"]),
        (
            "GET / HTTP/1.1\r\nHost: a\r\n\r\nG\0T",
            ["GET /  0", "malformed(HTTP1.HTTPParseError.malformedMethod)", "over"]
        ),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n", ["tooLarge", "over"]),
        (
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nx",
            ["malformed(HTTP1.HTTPParseError.malformedChunkSize)", "over"]
        ),
    ]

    @Test(arguments: streams)
    func servesAtEverySplit(bytes: String, log: [String]) {
        for pieces in ChunkedDecoderTests.everySplit(Array(bytes.utf8)) { #expect(served(pieces) == log) }
    }
}
