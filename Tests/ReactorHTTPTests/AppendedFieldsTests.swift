import ReactorHTTP
import TestSupport
import Testing

/// Fields that callers append and that mean something to the connection.
@Suite struct AppendedFieldsTests {
    static let table: [(fields: String, asks: Bool)] = [
        ("", false),
        ("Connection: close\r\n", true),
        ("connection:CLOSE\r\n", true),
        ("X: y\r\nConnection: \t upgrade ,Close\t\r\nZ: \r\n", true),
        ("Connection: keep-alive\r\nConnection: close\r\n", true),
        ("Connection: close\n", true),
        ("Connection: keep-alive\r\n", false),
        ("Connection: closed\r\n", false),
        ("Connection: x-close\r\n", false),
        ("Connection:\r\n", false),
        ("X-Connection: close\r\n", false),
        ("X: Connection: close\r\n", false),
        ("X: close\r\nTrailer: T\r\nKeep-Alive: timeout=5\r\nUpgrade: x\r\nTE: trailers\r\nExpect: y\r\n", false),
        // Half a line is none.
        ("Connection: close", false),
    ]

    @Test(arguments: table)
    func findsWhoAsksForTheConnectionsEnd(fields: String, asks: Bool) {
        fields.withByteView { view in
            #expect(asksToClose(view) == asks)
            #expect(asksToClose(view, ofRequest: true) == asks)
        }
        #expect(!asksToClose("Host: a\r\n"))
    }

    // MARK: Answers

    /// The ways in which a handler says that its answer is the last.
    enum Way: CaseIterable {
        case field, call, fieldOfAStream, callForAStream
    }

    /// RFC 9112, section 9.6: what came behind the request is not served, and the answer says so, once.
    @Test(arguments: Way.allCases, [false, true])
    func theAnswerIsTheLastOfItsConnection(_ way: Way, isLater: Bool) throws {
        let made = try RoutedBench()
        var served = 0
        func respond(_ responder: HTTPResponder) {
            func fields(_ buffer: inout Buffer) {
                if way == .field || way == .fieldOfAStream { buffer.appendField("Connection", "close") }
            }
            if way == .call || way == .callForAStream { responder.closeAfterAnswer() }
            if way == .field || way == .call {
                responder.respond(200, body: "bye", fields: fields)
            } else {
                let stream = responder.stream(200, contentLength: 3, fields: fields)
                #expect(stream.write("bye") == 3)
                stream.finish()
            }
            responder.closeAfterAnswer()
        }
        var kept: [HTTPResponder] = []
        made.router.on("GET", "/last") { _, responder in
            served += 1
            if isLater { kept.append(responder) } else { respond(responder) }
        }
        let peer = try made.connect()
        peer.send(get("/get") + get("/last") + get("/last") + get("/get"))
        try made.bench.settle()
        for responder in kept { respond(responder) }
        try peer.waitForEnd()
        #expect(peer.text == answer("got") + answer("bye", connection: "close"))
        #expect(peer.end == .orderly && served == 1)
        peer.close()
        try made.bench.run { made.disconnectCount == 1 }
    }

    /// A handler's word on the connection stands beside the server's.
    @Test func theServerSaysWhatTheHandlerHasNotSaid() throws {
        let served = try ServerBench()
        served.onRequest = { _, responder in
            responder.respond(200) { $0.appendField("Connection", "upgrade") }
            return true
        }
        let ok = "HTTP/1.1 200 OK\r\nConnection: upgrade\r\n"
        #expect(try served.exchange(get("/")) == ok + "Content-Length: 0\r\n\r\n")
        #expect(
            try served.exchange(get("/", "Connection: close\r\n")) == ok
                + "Connection: close\r\nContent-Length: 0\r\n\r\n")
    }

    @Test func anAnswerThatWasGivenIsNotTheLastAfterwards() throws {
        let served = try ServerBench()
        served.onRequest = { _, responder in
            responder.respond(200, body: "a")
            responder.closeAfterAnswer()
            return true
        }
        #expect(try served.exchange(get("/") + get("/")) == answer("a") + answer("a"))
    }

    /// A second framing would let another reader see other messages: it traps.
    @Test func trapsOnFramingInAnAnswer() async {
        await #expect(processExitsWith: .failure) {
            try Self.respond { $0.appendField("Content-Length", 1) }
        }
        await #expect(processExitsWith: .failure) {
            try Self.respond { $0.appendField("transfer-encoding", "chunked") }
        }
        await #expect(processExitsWith: .failure) {
            try Self.finish { $0.appendField("Content-Length", 1) }
        }
        await #expect(processExitsWith: .failure) {
            try Self.finish { $0.appendField("Connection", "close") }
        }
        await #expect(processExitsWith: .failure) {
            try Self.finish { $0.appendField("Trailer", "T") }
        }
        await #expect(processExitsWith: .success) {
            try Self.respond { $0.appendField("Trailer", "T") }
            try Self.finish { $0.appendField("T", "1") }
        }
    }

    private static func respond(_ fields: @escaping (inout Buffer) -> Void) throws {
        let served = try ServerBench()
        served.onRequest = { _, responder in
            responder.respond(200, fields: fields)
            return true
        }
        _ = try served.exchange(get("/"))
    }

    private static func finish(_ trailers: @escaping (inout Buffer) -> Void) throws {
        let made = try RoutedBench()
        made.router.on("GET", "/stream") { _, responder in responder.stream(200).finish(trailers: trailers) }
        _ = try made.exchange(get("/stream"))
    }

    // MARK: Requests

    /// RFC 9112, section 9.6: a client that asks for the end sends nothing more over the connection.
    @Test(arguments: [false, true])
    func theRequestIsTheLastOfItsConnection(isStreamed: Bool) throws {
        let made = try ClientBench()
        var answers = 0
        let client = try #require(made.client)
        func last(_ buffer: inout Buffer) { buffer.appendField("Connection", "close") }
        if isStreamed {
            client.openStream("POST", "/", fields: last) { _ in answers += 1 }.finish()
        } else {
            client.send("GET", "/", fields: last) { _ in answers += 1 }
        }
        made.send("GET", "/2")
        try made.bench.run { made.peers.first?.text.hasSuffix(isStreamed ? "0\r\n\r\n" : "close\r\n\r\n") == true }
        made.peers[0].send(answer("a"))
        try made.bench.run { made.peers.count == 2 && made.peer.text == get("/2") }
        #expect(answers == 1)
        try made.peers[0].waitForEnd()
        made.peer.send(answer("b"))
        #expect(try made.nextOutcome() == .answer(200, "b"))
    }

    @Test func aPoolLeavesNoSuchConnectionIdle() throws {
        let made = try PoolBench()
        let pool = try #require(made.pool)
        var answers = 0
        pool.send("GET", to: made.origin, "/", fields: { $0.appendField("Connection", "close") }) { _ in answers += 1 }
        try made.bench.run { made.peers.first?.text.isEmpty == false }
        made.peers[0].send(answer("a"))
        try made.bench.run { answers == 1 }
        #expect(pool.connectionCount == 0)
    }

    @Test func trapsOnFramingInARequest() async {
        await #expect(processExitsWith: .failure) {
            try ClientBench().client?.send("GET", "/", fields: { $0.appendField("Content-Length", 1) }) { _ in }
        }
        await #expect(processExitsWith: .failure) {
            try ClientBench().client?.send("GET", "/", fields: { $0.appendField("Host", "b") }) { _ in }
        }
        await #expect(processExitsWith: .failure) {
            _ = try ClientBench().client?.openStream(
                "POST", "/", fields: { $0.appendField("Transfer-Encoding", "chunked") }, completion: { _ in })
        }
        await #expect(processExitsWith: .failure) {
            let made = try PoolBench()
            made.pool?.send("GET", to: made.origin, "/", fields: { $0.appendField("Host", "b") }) { _ in }
        }
        await #expect(processExitsWith: .failure) {
            let made = try ClientBench()
            made.client?.openStream("POST", "/", completion: { _ in }).finish { $0.appendField("Host", "b") }
        }
    }
}
