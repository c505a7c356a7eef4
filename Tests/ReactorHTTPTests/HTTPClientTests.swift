import ReactorHTTP
import TestSupport
import Testing

@Suite struct HTTPClientTests {
    @Test(arguments: Bench.Transport.allCases)
    func usesOneConnectionForRequestsInTurn(transport: Bench.Transport) throws {
        let made = try ClientBench(transport)
        for number in 0..<5 {
            try made.begin("/\(number)")
            made.peer.send(answer("\(number)"))
            #expect(try made.nextOutcome() == .answer(200, "\(number)"))
        }
        #expect(made.peers.count == 1)
    }

    @Test func writesWhatItIsAsked() throws {
        let made = try ClientBench()
        made.client!.send("POST", "/x?y", body: "abc", fields: { $0.appendField("X", "1") }, completion: { _ in })
        try made.bench.settle()
        #expect(made.peer.take() == "POST /x?y HTTP/1.1\r\nHost: a\r\nX: 1\r\nContent-Length: 3\r\n\r\nabc")
        made.peer.send(answer("") + "")
        try made.bench.settle()
        made.send("POST", "/empty")
        try made.bench.settle()
        #expect(made.peer.take() == "POST /empty HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n")
    }

    @Test func sendsQueuedRequestsOneAfterAnother() throws {
        let made = try ClientBench()
        for number in 0..<4 { made.send("GET", "/\(number)") }
        for number in 0..<4 {
            try made.bench.settle()
            #expect(made.peer.take() == get("/\(number)"))
            #expect(made.client!.isBusy)
            made.peer.send(answer("\(number)"))
            #expect(try made.nextOutcome() == .answer(200, "\(number)"))
        }
        #expect(!made.client!.isBusy)
        #expect(made.peers.count == 1)
    }

    // MARK: Framing

    struct Case: CustomTestStringConvertible {
        let name: String
        let response: String
        let outcome: ClientBench.Outcome
        /// True if the connection serves another request.
        var isKept = true
        /// True if the server closes behind the response.
        var closes = false
        var method: StaticString = "GET"
        var testDescription: String { name }
    }

    private static let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"

    static let framings = [
        Case(name: "length", response: answer("abc"), outcome: .answer(200, "abc")),
        Case(name: "no body", response: answer(500, ""), outcome: .answer(500, "")),
        Case(
            name: "chunked", response: chunked + "3;x\r\nabc\r\nA\r\n0123456789\r\n0\r\n\r\n",
            outcome: .answer(200, "abc0123456789")),
        Case(
            name: "trailers", response: chunked + "3\r\nabc\r\n0\r\nA: 1\r\nB:2\r\n\r\n",
            outcome: .answer(200, "abc A=1 B=2")),
        Case(
            name: "folded", response: "HTTP/1.1 200 OK\r\nA: b\r\n c\r\nContent-Length:\r\n\t4\r\n\r\na\r\n ",
            outcome: .answer(200, "a\r\n ")),
        Case(
            name: "until close", response: "HTTP/1.1 200 OK\r\n\r\nabc", outcome: .answer(200, "abc"), isKept: false,
            closes: true),
        Case(
            name: "until close, 1.0", response: "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n\r\n",
            outcome: .answer(200, ""), isKept: false, closes: true),
        Case(
            name: "1.0", response: "HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\na", outcome: .answer(200, "a"),
            isKept: false),
        Case(
            name: "1.0, keep-alive",
            response: "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 1\r\n\r\na",
            outcome: .answer(200, "a")),
        Case(name: "close", response: answer("abc", connection: "close"), outcome: .answer(200, "abc"), isKept: false),
        Case(name: "204", response: "HTTP/1.1 204 No Content\r\nContent-Length: 9\r\n\r\n", outcome: .answer(204, "")),
        Case(
            name: "304", response: "HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n", outcome: .answer(304, "")),
        Case(
            name: "HEAD", response: "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n", outcome: .answer(200, ""),
            method: "HEAD"
        ),
        Case(
            name: "HEAD, chunked", response: chunked, outcome: .answer(200, ""), method: "HEAD"),
        Case(
            name: "interim",
            response: "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\n" + answer("abc"),
            outcome: .answer(200, "abc")),
        Case(
            name: "101", response: "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n", outcome: .answer(101, ""),
            isKept: false),
        Case(
            name: "malformed", response: "HTTP/1.1 abc", outcome: .failure(.malformedResponse(.malformedStatus)),
            isKept: false),
        Case(
            name: "malformed chunk", response: chunked + "x",
            outcome: .failure(.malformedResponse(.malformedChunkSize)), isKept: false),
        Case(
            name: "head too large", response: "HTTP/1.1 200 OK\r\nA: " + String(repeating: "a", count: 17_000),
            outcome: .failure(.malformedResponse(.headTooLarge)), isKept: false),
        Case(
            name: "length past the limit", response: "HTTP/1.1 200 OK\r\nContent-Length: 101\r\n\r\n",
            outcome: .failure(.responseTooLarge), isKept: false),
        Case(
            name: "chunks past the limit", response: chunked + "65\r\n" + String(repeating: "a", count: 101),
            outcome: .failure(.responseTooLarge), isKept: false),
        Case(
            name: "stream past the limit", response: "HTTP/1.1 200 OK\r\n\r\n" + String(repeating: "a", count: 101),
            outcome: .failure(.responseTooLarge), isKept: false),
        Case(
            name: "ends in the head", response: "HTTP/1.1 200 OK\r\nContent", outcome: .failure(.connectionLost(nil)),
            isKept: false, closes: true),
        Case(
            name: "ends in the body", response: "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\na",
            outcome: .failure(.connectionLost(nil)), isKept: false, closes: true),
        Case(
            name: "ends in the chunks", response: chunked + "3\r\nab", outcome: .failure(.connectionLost(nil)),
            isKept: false, closes: true),
        Case(name: "ends at once", response: "", outcome: .failure(.connectionLost(nil)), isKept: false, closes: true),
    ]

    @Test(arguments: framings)
    func readsAResponseCutAnywhere(_ test: Case) throws {
        let made = try ClientBench(responseLimit: 100)
        let bytes = Array(test.response.utf8)
        let step = max(1, bytes.count / 200)
        for cut in stride(from: 0, through: bytes.count, by: step) {
            made.send(test.method)
            try made.bench.settle()
            let peer = made.peer
            peer.send(Array(bytes[..<cut]))
            try made.bench.settle()
            peer.send(Array(bytes[cut...]))
            if test.closes { peer.close() }
            #expect(try made.nextOutcome() == test.outcome, "cut at \(cut)")
            try made.bench.settle()
            if !test.isKept, !test.closes { try peer.waitForEnd() }
            #expect((peer.end == nil && !test.closes) == test.isKept, "cut at \(cut)")
        }
        #expect(made.outcomes == [])
    }

    @Test(arguments: framings)
    func blocksInReadsOfAResponseCutAnywhere(_ test: Case) throws {
        let made = try ClientBench(responseLimit: 100)
        let bytes = Array(test.response.utf8)
        let step = max(1, bytes.count / 50)
        for cut in stride(from: 0, through: bytes.count, by: step) {
            made.send(test.method)
            // Nothing blocks where there is a connection to be made, or a request to be written.
            while !made.client!.hasWritten {
                #expect(!made.readsBlocking())
                try made.bench.loop.runOnce()
            }
            // The server reads the request.
            try made.bench.settle()
            let peer = made.peer
            peer.send(Array(bytes[..<cut]))
            if cut > 0 { #expect(made.readsBlocking()) }
            peer.send(Array(bytes[cut...]))
            if test.closes { peer.close() }
            #expect(try made.nextOutcomeBlocking() == test.outcome, "cut at \(cut)")
            #expect(!made.readsBlocking(), "nothing is awaited any more")
            try made.bench.settle()
        }
        #expect(made.outcomes == [])
    }

    @Test func blocksNoLongerThanItIsAllowedTo() throws {
        let made = try ClientBench()
        try made.begin()
        #expect(!made.readsBlocking())
        // The loop waits for the answer then.
        made.peer.send(answer("1"))
        #expect(try made.nextOutcome() == .answer(200, "1"))
    }

    @Test func blocksInNoReadThatHasALimitInTime() throws {
        let made = try ClientBench()
        try made.begin()
        made.peer.send(answer("1"))
        #expect(try made.nextOutcomeBlocking() == .answer(200, "1"))
        // The socket's reads wait by now, but not those of the loop.
        made.send("GET", timeout: .milliseconds(1))
        while !made.client!.hasWritten { try made.bench.loop.runOnce() }
        #expect(!made.readsBlocking())
        #expect(try made.nextOutcome() == .failure(.timedOut))
    }

    @Test(arguments: framings)
    func readsAResponseByteByByte(_ test: Case) throws {
        let made = try ClientBench(responseLimit: 100)
        made.send(test.method)
        try made.bench.settle()
        for byte in test.response.utf8 where made.peer.end == nil {
            made.peer.send([byte])
            try made.bench.settle()
        }
        if test.closes { made.peer.close() }
        #expect(try made.nextOutcome() == test.outcome)
    }

    @Test func handsOutFields() throws {
        let made = try ClientBench()
        try made.begin()
        made.onAnswer = { response in
            #expect(response.field("x-one")?.string == "1")
            #expect(response.field("absent") == nil)
            #expect(response.fields.count == 2)
        }
        made.peer.send("HTTP/1.1 200 OK\r\nX-One:  1 \r\nContent-Length: 0\r\n\r\n")
        #expect(try made.nextOutcome() == .answer(200, ""))
    }

    @Test func takesTheLargestResponse() throws {
        let made = try ClientBench(responseLimit: 10)
        for response in [answer("0123456789"), Self.chunked + "a\r\n0123456789\r\n0\r\n\r\n"] {
            try made.begin()
            made.peer.send(response)
            #expect(try made.nextOutcome() == .answer(200, "0123456789"))
        }
    }

    // MARK: Large bodies

    @Test(arguments: Bench.Transport.allCases, [false, true])
    func carriesLargeBodiesBothWays(transport: Bench.Transport, smallBuffers: Bool) throws {
        let served = try ServerBench(transport, kernelBuffers: smallBuffers ? 65_536 : nil) { $0.bodyBytes = 8 << 20 }
        served.onRequest = { request, responder in
            responder.respond(200, body: request.body)
            return true
        }
        var random = SeededGenerator(seed: 7)
        let piece = (0..<65_521).map { _ in UInt8.random(in: 0x61...0x7A, using: &random) }
        let body = [[UInt8]](repeating: piece, count: 80).reduce(into: []) { $0 += $1 }
        let client = HTTPClient(loop: served.loop, address: served.address, host: "a")
        var answers = 0
        for _ in 0..<3 {
            body.withByteView { body in
                client.send("POST", "/", body: body) { result in
                    guard case .success(let response) = result else { return }
                    #expect(response.body.count == body.count)
                    answers += 1
                }
            }
        }
        body.withByteView { expected in
            client.send("POST", "/last", body: expected) { result in
                guard case .success(let response) = result else { return }
                #expect(response.body.array == body)
                answers += 1
            }
        }
        try served.bench.run { answers == 4 }
    }
}
