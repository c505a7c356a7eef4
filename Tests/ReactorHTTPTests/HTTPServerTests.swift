import ReactorHTTP
import TestSupport
import Testing

@Suite struct HTTPServerTests {
    @Test(arguments: Bench.Transport.allCases)
    func keepsAConnectionAlive(transport: Bench.Transport) throws {
        let served = try ServerBench(transport)
        let peer = try served.connect()
        for number in 0..<5 {
            peer.send(get("/\(number)"))
            let expected = answer("GET /\(number)")
            try served.bench.run { peer.received.count >= expected.utf8.count }
            #expect(peer.take() == expected)
        }
        #expect(served.connectionCount == 1)
        peer.close()
        try served.bench.run { served.connectionCount == 0 }
        #expect(Array(served.disconnects.values) == [1])
    }

    @Test(arguments: [
        ("/a?b", "/a"), ("http://127.0.0.1:1339/a/b?c=/d", "/a/b"), ("HTTP://h/", "/"), ("http://h", "/"),
        ("http://h?a", "/"), ("http://", "http://"), ("https://h/a", "https://h/a"), ("*", "*"),
    ])
    func thePathIsKnownInEveryFormOfTarget(target: String, path: String) throws {
        let served = try ServerBench()
        served.onRequest = { request, responder in
            responder.respond(200, text: request.path.string)
            return true
        }
        #expect(try served.exchange(get(target)) == answer(path))
    }

    @Test func closesWhoIsNotWelcome() throws {
        let bench = try Bench()
        let server = HTTPServer(loop: bench.loop) { _, responder in responder.respond(200) }
        defer { server.close() }
        let listener = try bench.listen(.unix)
        let address = try #require(try listener.localAddress())
        try server.serve(listener) { try! $0.peerCredentials()!.isSameUser == false }
        let peer = try bench.connect(address)
        peer.send(get("/"))
        try bench.run { peer.end != nil }
        #expect(peer.text == "" && server.connectionCount == 0)
    }

    @Test func answersPipelinedRequestsInOrder() throws {
        let served = try ServerBench()
        let text = try served.exchange(get("/1") + post("/2", "two") + get("/3"))
        #expect(text == answer("GET /1") + answer("POST /2 two") + answer("GET /3"))
    }

    @Test func answersInOrderWhenTheFirstIsAnsweredLater() throws {
        let served = try ServerBench()
        let peer = try served.connect()
        peer.send(get("/later") + get("/2") + get("/3"))
        try served.bench.settle()
        #expect(peer.text == "")
        #expect(served.requests == ["GET /later"])
        served.held[0].respond(200, text: "at last")
        try served.bench.settle()
        #expect(peer.text == answer("at last") + answer("GET /2") + answer("GET /3"))
    }

    /// A request can end where a read's room does, with another one behind it that no event announces.
    @Test func readsOnBehindARequestThatFillsTheRoom() throws {
        let served = try ServerBench()
        let plain = get("/1", "Pad: \r\n").utf8.count
        for length in 4_080...4_112 {
            let first = get("/1", "Pad: \(String(repeating: "x", count: length - plain))\r\n")
            #expect(try served.exchange(first + get("/2")) == answer("GET /1") + answer("GET /2"))
        }
    }

    // MARK: Splits

    private static let stream =
        get("/1?a=b") + post("/2", "two") + "\r\n"
        + "POST /3 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
        + "3;x=y\r\nabc\r\n10\r\n0123456789abcdef\r\n0\r\nSum: 7\r\nB:c\r\n\r\n"
        + "HEAD /4 HTTP/1.1\r\nHost: a\r\n\r\n" + "GET /5 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"
        + get("/6", "Connection: close\r\n")

    private static let answers =
        answer("GET /1?a=b") + answer("POST /2 two") + answer("POST /3 abc0123456789abcdef Sum=7 B=c")
        + "HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n" + answer("GET /5", connection: "keep-alive")
        + answer("GET /6", connection: "close")

    @Test func servesAStreamCutAnywhere() throws {
        let served = try ServerBench()
        let stream = Array(Self.stream.utf8)
        for cut in 0...stream.count {
            let peer = try served.connect()
            peer.send(Array(stream[..<cut]))
            try served.bench.settle()
            peer.send(Array(stream[cut...]))
            try served.bench.settle()
            #expect(peer.text == Self.answers, "cut at \(cut)")
            try peer.waitForEnd()
            #expect(peer.end == .orderly, "cut at \(cut)")
            peer.close()
        }
        try served.bench.run { served.connectionCount == 0 }
    }

    @Test func servesAStreamByteByByte() throws {
        let served = try ServerBench()
        let peer = try served.connect()
        for byte in Self.stream.utf8 {
            peer.send([byte])
            try served.bench.settle()
        }
        #expect(peer.text == Self.answers)
        try peer.waitForEnd()
        #expect(peer.end == .orderly)
    }

    @Test(arguments: [1, 2, 3] as [UInt64])
    func servesAStreamInRandomPieces(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let served = try ServerBench()
        let stream = Array(Self.stream.utf8)
        for round in 0..<100 {
            let peer = try served.connect()
            var sent = 0
            while sent < stream.count {
                let end = min(stream.count, sent + Int.random(in: 1...60, using: &random))
                peer.send(Array(stream[sent..<end]))
                sent = end
                if random.chance(3, in: 4) { try served.bench.settle() }
            }
            try served.bench.settle()
            #expect(peer.text == Self.answers, "seed \(seed), round \(round)")
        }
    }

    @Test func servesManyConnectionsWhoseRequestsComeInTurns() throws {
        let served = try ServerBench()
        let peers = try (0..<20).map { _ in try served.connect() }
        let stream = Array(Self.stream.utf8)
        var sent = 0
        while sent < stream.count {
            let end = min(stream.count, sent + 7)
            for peer in peers { peer.send(Array(stream[sent..<end])) }
            try served.bench.settle()
            sent = end
        }
        for peer in peers { #expect(peer.text == Self.answers) }
    }

    // MARK: What an answer looks like

    struct Case: CustomTestStringConvertible {
        let name: String
        let request: String
        let status: Int
        let expected: String
        var testDescription: String { name }
    }

    @Test(arguments: [
        Case(
            name: "HEAD", request: "HEAD /x HTTP/1.1\r\nHost: a\r\n\r\n", status: 200,
            expected: "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n"),
        Case(name: "204", request: get("/x"), status: 204, expected: "HTTP/1.1 204 No Content\r\n\r\n"),
        Case(name: "304", request: get("/x"), status: 304, expected: "HTTP/1.1 304 Not Modified\r\n\r\n"),
        Case(name: "404", request: get("/x"), status: 404, expected: answer(404, "body")),
        Case(
            name: "1.1, close", request: get("/x", "Connection: foo, Close\r\n"), status: 200,
            expected: answer("body", connection: "close")),
        Case(
            name: "1.0", request: "GET /x HTTP/1.0\r\n\r\n", status: 200,
            expected: answer("body", connection: "close")),
        Case(
            name: "1.0, keep-alive", request: "GET /x HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n", status: 200,
            expected: answer("body", connection: "keep-alive")),
    ])
    func framesAnAnswer(_ test: Case) throws {
        let served = try ServerBench()
        served.onRequest = { _, responder in
            responder.respond(test.status, body: "body")
            return true
        }
        let peer = try served.connect()
        peer.send(test.request)
        try served.bench.settle()
        #expect(peer.text == test.expected)
        if test.expected.contains("close") { try peer.waitForEnd() }
        #expect((peer.end == .orderly) == test.expected.contains("close"))
    }

    @Test func addsTheHandlersFields() throws {
        let served = try ServerBench()
        served.onRequest = { request, responder in
            #expect(request.query?.string == "q=1")
            #expect(request.field("x-one")?.string == "1")
            #expect(request.field("absent") == nil)
            responder.respond(201, body: request.body) { $0.appendField("Location", "/there") }
            return true
        }
        let text = try served.exchange(post("/x?q=1", "abc", "X-One: 1\r\n"))
        #expect(text == "HTTP/1.1 201 Created\r\nLocation: /there\r\nContent-Length: 3\r\n\r\nabc")
    }

    // MARK: Expect

    private static let expectation = "Expect: 100-continue\r\n"
    private static let goOn = "HTTP/1.1 100 Continue\r\n\r\n"

    @Test func saysGoOnWhenTheBodyIsOutstanding() throws {
        let served = try ServerBench()
        let peer = try served.connect()
        peer.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\(Self.expectation)\r\n")
        try served.bench.settle()
        #expect(peer.take() == Self.goOn)
        peer.send("a")
        try served.bench.settle()
        peer.send("b")
        try served.bench.settle()
        #expect(peer.text == answer("POST / ab"))
    }

    @Test func doesNotSayGoOnWhenTheBodyIsThere() throws {
        let served = try ServerBench()
        #expect(try served.exchange(post("/", "ab", Self.expectation)) == answer("POST / ab"))
        #expect(try served.exchange(get("/", Self.expectation)) == answer("GET /"))
        let peer = try served.connect()
        peer.send(String(post("/", "ab", Self.expectation).dropLast()))
        try served.bench.settle()
        #expect(peer.text == "")
        peer.send("b")
        try served.bench.settle()
        #expect(peer.text == answer("POST / ab"))
    }

    @Test func saysGoOnInOrder() throws {
        let served = try ServerBench()
        let text = try served.exchange(
            get("/1") + "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\(Self.expectation)\r\n")
        #expect(text == answer("GET /1") + Self.goOn)
    }

    @Test func refusesInsteadOfSayingGoOn() throws {
        let served = try ServerBench { $0.bodyBytes = 10 }
        let text = try served.exchange("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\n\(Self.expectation)\r\n")
        #expect(text == answer(413, "", connection: "close"))
    }

    @Test func takesTheLongestBody() throws {
        let served = try ServerBench { $0.bodyBytes = 10 }
        #expect(try served.exchange(post("/", "0123456789")) == answer("POST / 0123456789"))
        let chunked = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\na\r\n0123456789\r\n0\r\n\r\n"
        #expect(try served.exchange(chunked) == answer("POST / 0123456789"))
    }
}
