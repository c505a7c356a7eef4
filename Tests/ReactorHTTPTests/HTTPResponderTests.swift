import ReactorHTTP
import Testing

/// Answers given at odd times.
@Suite struct HTTPResponderTests {
    @Test func answersOnceOnly() throws {
        let served = try ServerBench()
        served.onRequest = { request, responder in
            guard request.path == "/twice" else { return false }
            #expect(responder.isOpen)
            responder.respond(200, body: "first")
            #expect(!responder.isOpen)
            responder.respond(500, body: "second")
            return true
        }
        #expect(try served.exchange(get("/twice") + get("/2")) == answer("first") + answer("GET /2"))

        let peer = try served.connect()
        peer.send(get("/later"))
        try served.bench.settle()
        let responder = served.held[0]
        responder.respond(200, text: "first")
        responder.respond(500, text: "second")
        // The next request of the same connection is not this responder's to answer.
        peer.send(get("/later"))
        try served.bench.settle()
        responder.respond(500, text: "third")
        #expect(!responder.isOpen)
        #expect(served.held[1].isOpen)
        served.held[1].respond(200, text: "other")
        try served.bench.settle()
        #expect(peer.text == answer("first") + answer("other"))
    }

    /// A request behind an answer that the peer took in parts is served, though no event reports the last of them.
    @Test func servesOnWhoeverWritesTheRest() throws {
        let served = try ServerBench()
        let peer = try served.connect(kernelBuffers: 8_192)
        peer.isReading = false
        peer.send(get("/later") + get("/"))
        try served.bench.settle()
        let text = String(repeating: "x", count: 1_000_000)
        served.held[0].respond(200, text: text)
        for _ in 0..<1_000 {
            peer.readNow()
            served.held[0].flush()
        }
        #expect(peer.received.count >= text.utf8.count)
        peer.isReading = true
        try served.bench.run { served.requests.count == 2 }
        try served.bench.settle()
        #expect(peer.text.matches(of: /HTTP\/1.1 200 OK/).count == 2)
    }

    @Test func knowsThePeersAddressUntilItHasLeft() throws {
        let served = try ServerBench(.tcp)
        let peer = try served.connect()
        peer.send(get("/later"))
        try served.bench.settle()
        let address = try #require(try served.held[0].peerAddress())
        #expect(address.isLoopback && address.port != nil && address != served.address)
        peer.close()
        try served.bench.settle()
        #expect(try served.held[0].peerAddress() == nil)
    }

    @Test func doesNothingOnceThePeerHasLeft() throws {
        let served = try ServerBench()
        let peer = try served.connect()
        peer.send(get("/later"))
        try served.bench.settle()
        peer.close()
        try served.bench.settle()
        let responder = served.held[0]
        #expect(served.connectionCount == 0)
        #expect(served.disconnects == [responder.connection: 1])
        #expect(!responder.isOpen)
        responder.respond(200, text: "too late")
        responder.flush()

        // The slot is another's now.
        let next = try served.connect()
        next.send(get("/later"))
        try served.bench.settle()
        responder.respond(200, text: "not yours")
        responder.flush()
        #expect(!responder.isOpen)
        #expect(served.held[1].connection != responder.connection)
        served.held[1].respond(200, text: "yours")
        try served.bench.settle()
        #expect(next.text == answer("yours"))
    }

    @Test func sendsAnAnswerGivenLaterAtOnce() throws {
        let served = try ServerBench()
        let peer = try served.connect()
        peer.send(get("/later"))
        try served.bench.settle()
        served.held[0].respond(200, text: "now")
        peer.readNow()
        #expect(peer.text == answer("now"))
    }

    @Test(arguments: [false, true], [false, true])
    func endsTheConnectionInsteadOfAnswering(isReset: Bool, isInTurn: Bool) throws {
        let served = try ServerBench(.tcp)
        let peer = try served.connect()
        let abort = { (responder: HTTPResponder) in
            responder.abort(after: "HTTP/1.1 200 O", isReset: isReset)
            #expect(!responder.isOpen)
            responder.respond(200, text: "too late")
        }
        served.onRequest = { request, responder in
            guard isInTurn, request.path == "/later" else { return false }
            abort(responder)
            return true
        }
        peer.send(get("/1") + get("/later"))
        if !isInTurn {
            try served.bench.run { !served.held.isEmpty }
            abort(served.held[0])
        }
        try peer.waitForEnd()
        #expect(peer.text == answer("GET /1") + "HTTP/1.1 200 O")
        #expect(peer.end == (isReset ? .failed(.connectionReset) : .orderly))
        try served.bench.run { served.connectionCount == 0 }
        #expect(served.disconnectCount == 1)
    }

    @Test func flushSendsInsideTheHandlersCall() throws {
        let served = try ServerBench()
        let peer = try served.connect()
        served.onRequest = { request, responder in
            guard request.path == "/flushed" else { return false }
            responder.respond(200, body: "flushed")
            peer.readNow()
            #expect(!peer.text.hasSuffix("flushed"))
            responder.flush()
            peer.readNow()
            #expect(peer.text.hasSuffix(answer("flushed")))
            // The request is still to be read.
            #expect(request.field("X")?.string == "y")
            return true
        }
        peer.send(get("/1") + get("/flushed", "X: y\r\n") + get("/2"))
        try served.bench.settle()
        #expect(peer.text == answer("GET /1") + answer("flushed") + answer("GET /2"))
        #expect(served.connectionCount == 1)
    }

    /// A last answer is flushed, and the connection ends, but not before the handler has returned.
    @Test func flushOfALastAnswerLeavesTheRequestAlone() throws {
        let served = try ServerBench()
        let peer = try served.connect()
        let body = String(repeating: "b", count: 60_000)
        served.onRequest = { [unowned served] request, responder in
            responder.respond(200, body: "bye")
            responder.flush()
            peer.readNow()
            #expect(peer.text == answer("bye", connection: "close"))
            #expect(request.body.string == body)
            #expect(request.field("X")?.string == "y")
            #expect(served.disconnectCount == 0)
            return true
        }
        peer.send(post("/", body, "X: y\r\nConnection: close\r\n"))
        try served.bench.settle()
        try peer.waitForEnd()
        #expect(peer.end == .orderly)
        peer.close()
        try served.bench.run { served.disconnectCount == 1 }
    }

    @Test func flushToAPeerThatHasLeft() throws {
        let served = try ServerBench { $0.bodyBytes = 1 << 20 }
        let body = String(repeating: "b", count: 500_000)
        let peer = try served.connect()
        served.onRequest = { [unowned served] request, responder in
            peer.close()
            responder.respond(200, body: "bye")
            responder.flush()
            #expect(!responder.isOpen)
            #expect(request.body.string == body)
            #expect(served.disconnectCount == 0)
            return true
        }
        peer.send(post("/", body))
        try served.bench.settle()
        #expect(served.requests.count == 1)
        #expect(served.disconnectCount == 1)
        #expect(served.connectionCount == 0)
    }

    /// Answering another connection's request lets that connection's next request be served; this request's views
    /// must not suffer by it, and no handler runs inside another's call.
    @Test func answersAnotherConnectionInsideAHandler() throws {
        let served = try ServerBench()
        let waiting = try served.connect()
        waiting.send(get("/later") + get("/next", "A: 1\r\nB: 2\r\nLong: \(String(repeating: "x", count: 3_000))\r\n"))
        try served.bench.settle()
        var depth = 0
        served.onRequest = { [unowned served] request, responder in
            #expect(depth == 0, "a handler inside another's call")
            depth += 1
            defer { depth -= 1 }
            guard request.path == "/now" else { return false }
            served.held[0].respond(200, body: "woken")
            waiting.readNow()
            #expect(waiting.text == answer("woken"))
            #expect(request.field("Which")?.string == "mine")
            #expect(request.trailers.first("T")?.string == "t")
            responder.respond(200, body: request.fields[2].value)
            return true
        }
        let peer = try served.connect()
        peer.send("POST /now HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nWhich: mine\r\n\r\n0\r\nT: t\r\n\r\n")
        try served.bench.settle()
        #expect(peer.text == answer("mine"))
        #expect(waiting.text == answer("woken") + answer("GET /next"))
    }

    /// A request whose answer could not be sent is not served again.
    @Test(arguments: [false, true])
    func handlesARequestOnceWhenTheConnectionEndsInItsHandler(closesServer: Bool) throws {
        let served = try ServerBench()
        let peer = try served.connect()
        served.onRequest = { [unowned served] _, responder in
            responder.respond(200, body: "bye")
            if closesServer {
                served.server!.close()
            } else {
                peer.close()
                responder.flush()
            }
            return true
        }
        peer.send(get("/1") + get("/2"))
        try served.bench.settle()
        #expect(served.requests == ["GET /1"])
        #expect(served.disconnectCount == 1)
    }

    /// RFC 9112, section 6.1: to a peer of HTTP/1.0 there is no Transfer-Encoding, whatever the handler wants.
    @Test func framesABodyAsAChunkWhereThePeerKnowsThem() throws {
        let served = try ServerBench()
        served.onRequest = { request, responder in
            responder.respond(request.path == "/none" ? 204 : 200, body: "hello", isChunked: true)
            return true
        }
        let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
        #expect(try served.exchange(get("/")) == chunked + "5\r\nhello\r\n0\r\n\r\n")
        #expect(try served.exchange("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n") == chunked)
        #expect(try served.exchange(get("/none")) == "HTTP/1.1 204 No Content\r\n\r\n")
        #expect(try served.exchange("GET / HTTP/1.0\r\n\r\n") == answer("hello", connection: "close"))
    }
}
