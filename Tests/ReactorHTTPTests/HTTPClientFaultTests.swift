import ReactorHTTP
import TestSupport
import Testing

/// Connections that end, and clients that do odd things in their completions.
@Suite struct HTTPClientFaultTests {
    // MARK: Connections that end

    @Test(arguments: Bench.Transport.allCases)
    func connectsAnewAfterAnIdleClose(transport: Bench.Transport) throws {
        let made = try ClientBench(transport)
        for number in 1...3 {
            try made.begin("/\(number)")
            made.peer.send(answer("x"))
            #expect(try made.nextOutcome() == .answer(200, "x"))
            // The client closes, too, and so the peer sees that it knows.
            made.peer.finishSending()
            try made.peer.waitForEnd()
            #expect(made.peers.count == number)
        }
    }

    /// The server's close is found only by the write: nothing of the request has left, so it goes out again.
    @Test func sendsAgainWhenNothingHadLeft() throws {
        let made = try ClientBench(.unix)
        try made.begin()
        made.peer.send(answer("x"))
        #expect(try made.nextOutcome() == .answer(200, "x"))
        made.peer.close()
        try made.begin("/2")
        #expect(made.peers.count == 2)
        made.peer.send(answer("y"))
        #expect(try made.nextOutcome() == .answer(200, "y"))
    }

    /// The same, and then the new connection dies too: that was the one more time.
    @Test func sendsAgainOnceOnly() throws {
        let made = try ClientBench(.unix)
        try made.begin()
        made.peer.send(answer("x"))
        #expect(try made.nextOutcome() == .answer(200, "x"))
        made.peer.close()
        made.stopListening()
        made.send("GET", "/2")
        #expect(try made.nextOutcome() == .failure(.cannotConnect(.connectionRefused)))
    }

    /// Once a byte was written nobody knows whether the server has acted on it.
    @Test(arguments: Bench.Transport.allCases, [false, true])
    func neverSendsAgainOnceSomethingWasWritten(transport: Bench.Transport, onUsedConnection: Bool) throws {
        let made = try ClientBench(transport)
        if onUsedConnection {
            try made.begin()
            made.peer.send(answer("x"))
            #expect(try made.nextOutcome() == .answer(200, "x"))
        }
        try made.begin("/once")
        made.peer.close()
        guard case .failure(.connectionLost) = try made.nextOutcome() else {
            Issue.record("a lost connection is not told")
            return
        }
        try made.bench.run(for: .milliseconds(20))
        #expect(made.peers.count == 1)
        // The next request is on a new connection.
        try made.begin("/next")
        #expect(made.peers.count == 2)
    }

    /// Over TCP the write behind a close succeeds, and the reset comes after: no second time then.
    @Test func neverSendsAgainWhenTheCloseCameFirst() throws {
        let made = try ClientBench(.tcp)
        try made.begin()
        made.peer.send(answer("x"))
        #expect(try made.nextOutcome() == .answer(200, "x"))
        made.peer.close()
        made.send("GET", "/2")
        let outcome = try made.nextOutcome()
        try made.bench.run(for: .milliseconds(20))
        if case .failure(.connectionLost) = outcome {
            #expect(made.peers.count == 1)
        } else {
            Issue.record("\(String(describing: outcome))")
        }
    }

    @Test func tellsAReset() throws {
        let made = try ClientBench(.tcp)
        try made.begin()
        made.peer.send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nab")
        try made.bench.run(for: .milliseconds(5))
        made.peer.reset()
        #expect(try made.nextOutcome() == .failure(.connectionLost(.connectionReset)))
    }

    @Test(arguments: Bench.Transport.allCases)
    func tellsARefusedConnection(transport: Bench.Transport) throws {
        let made = try ClientBench(transport)
        made.stopListening()
        made.send("GET", "/1")
        made.send("GET", "/2")
        #expect(made.outcomes == [])
        for _ in 0..<2 { #expect(try made.nextOutcome() == .failure(.cannotConnect(.connectionRefused))) }
        #expect(!made.client!.isBusy)
    }

    @Test func goesThroughALongQueueThatCannotConnect() throws {
        let made = try ClientBench()
        try made.begin()
        for _ in 0..<10_000 { made.send("GET", "/waiting") }
        made.stopListening()
        made.peer.close()
        #expect(try made.nextOutcome() == .failure(.connectionLost(nil)))
        try made.bench.run { made.outcomes.count == 10_000 }
        #expect(made.outcomes.allSatisfy { $0 == .failure(.cannotConnect(.connectionRefused)) })
    }

    @Test func aLostConnectionLeavesTheQueueItsTurn() throws {
        let made = try ClientBench()
        try made.begin("/1")
        made.send("GET", "/2")
        made.peer.close()
        #expect(try made.nextOutcome() == .failure(.connectionLost(nil)))
        try made.bench.settle()
        #expect(made.peers.count == 2)
        #expect(made.peer.take() == get("/2"))
        made.peer.send(answer("2"))
        #expect(try made.nextOutcome() == .answer(200, "2"))
    }

    // MARK: Servers out of step

    @Test(arguments: ["x", answer("again")])
    func closesOnBytesBehindAResponse(surplus: String) throws {
        let made = try ClientBench()
        try made.begin("/1")
        let peer = made.peer
        peer.send(answer("1") + surplus)
        #expect(try made.nextOutcome() == .answer(200, "1"))
        try made.bench.settle()
        try peer.waitForEnd()
        #expect(peer.end != nil)
        try made.begin("/2")
        made.peer.send(answer("2"))
        #expect(try made.nextOutcome() == .answer(200, "2"))
    }

    @Test func closesOnBytesNobodyAskedFor() throws {
        let made = try ClientBench()
        try made.begin("/1")
        let peer = made.peer
        peer.send(answer("1"))
        #expect(try made.nextOutcome() == .answer(200, "1"))
        peer.send(answer("again"))
        try made.bench.settle()
        try peer.waitForEnd()
        #expect(peer.end != nil)
        #expect(made.outcomes == [])
    }

    private static let tooLarge = "HTTP/1.1 413 Content Too Large\r\nContent-Length: 2\r\n\r\nno"

    /// The server answers without having read the body, and goes on listening.
    @Test(arguments: Bench.Transport.allCases)
    func takesAResponseBeforeTheRequestWasWritten(transport: Bench.Transport) throws {
        let made = try ClientBench(transport, kernelBuffers: 8_192)
        made.send("POST", "/1", body: String(repeating: "b", count: 4 << 20))
        made.send("GET", "/2")
        try made.bench.run { made.peers.count == 1 }
        let first = made.peer
        first.isReading = false
        first.send(Self.tooLarge)
        #expect(try made.nextOutcome() == .answer(413, "no"))
        // The rest of the body is not to be taken for a request.
        try made.bench.run { made.peers.count == 2 && made.peer.text == get("/2") }
        made.peer.send(answer("2"))
        #expect(try made.nextOutcome() == .answer(200, "2"))
    }

    /// The server answers and closes at once, with the body unread: over TCP a reset follows the answer.
    @Test(arguments: Bench.Transport.allCases)
    func takesAResponseThatAResetFollows(transport: Bench.Transport) throws {
        let made = try ClientBench(transport, kernelBuffers: 8_192)
        made.send("POST", "/1", body: String(repeating: "b", count: 4 << 20))
        try made.bench.run { made.peers.count == 1 }
        made.peer.isReading = false
        made.peer.send(Self.tooLarge)
        made.peer.close()
        #expect(try made.nextOutcome() == .answer(413, "no"))
    }

    /// And when it closes without an answer the request is lost, with the reason.
    @Test(arguments: Bench.Transport.allCases)
    func tellsAConnectionLostInTheMiddleOfTheRequest(transport: Bench.Transport) throws {
        let made = try ClientBench(transport, kernelBuffers: 8_192)
        made.send("POST", "/1", body: String(repeating: "b", count: 4 << 20))
        try made.bench.run { made.peers.count == 1 }
        made.peer.isReading = false
        try made.bench.run(for: .milliseconds(5))
        // Closing with bytes unread has this effect; shutdown(2), as in the peer's, would end it without an error
        // first.
        made.peer.reset()
        guard case .failure(.connectionLost(let error?)) = try made.nextOutcome() else {
            Issue.record("not told why the connection was lost")
            return
        }
        #expect(error == .connectionReset || error == .brokenPipe)
        #expect(made.peers.count == 1)
    }

    // MARK: Timeouts

    @Test func timesOutAndLeavesTheQueueItsTurn() throws {
        let made = try ClientBench()
        let start = Instant.now
        made.send("GET", "/slow", timeout: .milliseconds(50))
        made.send("GET", "/next", timeout: patience)
        #expect(try made.nextOutcome() == .failure(.timedOut))
        #expect(.now - start >= .milliseconds(50))
        try made.bench.settle()
        #expect(made.peers.count == 2)
        try made.peers[0].waitForEnd()
        #expect(made.peers[0].end == .orderly)
        made.peer.send(answer("x"))
        #expect(try made.nextOutcome() == .answer(200, "x"))
        // The timer of a request that was answered is off.
        #expect(try made.bench.run(for: .milliseconds(60)) < 5)
    }

    @Test func timesOutInTheMiddleOfAResponse() throws {
        let made = try ClientBench()
        made.send("GET", "/slow", timeout: .milliseconds(30))
        try made.bench.settle()
        made.peer.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab")
        #expect(try made.nextOutcome() == .failure(.timedOut))
        // Nothing is left of the first response.
        try made.begin("/2")
        made.peer.send(answer("2"))
        #expect(try made.nextOutcome() == .answer(200, "2"))
    }

    // MARK: Completions and the client's end

    @Test func aCompletionMaySendAgain() throws {
        let served = try ServerBench()
        let client = HTTPClient(loop: served.loop, address: served.address, host: "a")
        var texts: [String] = []
        func next(_ number: Int) {
            "/\(number)".withByteView { target in
                client.send("GET", target) { result in
                    guard case .success(let response) = result else { return }
                    if number < 50 { next(number + 1) }
                    // The response is whole, although the next request has been sent.
                    let length = response.field("Content-Length")?.string ?? ""
                    texts.append("\(response.status) \(length) \(response.body.string)")
                }
            }
        }
        next(1)
        try served.bench.run { texts.count == 50 }
        #expect(texts == (1...50).map { "200 \("GET /\($0)".count) GET /\($0)" })
        #expect(served.disconnectCount == 0)
    }

    @Test(arguments: [false, true])
    func aCompletionMayCloseTheClient(letsGo: Bool) throws {
        let made = try ClientBench()
        try made.begin("/1")
        made.send("GET", "/2")
        made.send("GET", "/3")
        made.onAnswer = { [unowned made] response in
            if letsGo { made.dropClient() } else { made.client!.close() }
            #expect(response.body.string == "1")
            #expect(response.field("Content-Length")?.string == "1")
        }
        let peer = made.peer
        peer.send(answer("1"))
        #expect(try made.nextOutcome() == .answer(200, "1"))
        #expect(try made.nextOutcome() == .failure(.closed))
        #expect(try made.nextOutcome() == .failure(.closed))
        try made.bench.settle()
        try peer.waitForEnd()
        #expect(peer.end != nil)
        #expect(made.outcomes == [])
    }

    @Test(arguments: [false, true])
    func everyRequestIsToldThatTheClientWasClosed(letsGo: Bool) throws {
        let made = try ClientBench()
        made.send("GET", "/1", timeout: patience)
        made.send("GET", "/2")
        try made.bench.settle()
        if letsGo {
            made.dropClient()
        } else {
            made.client!.close()
            made.send("GET", "/3")
        }
        #expect(made.outcomes == [])
        try made.bench.settle()
        #expect(made.outcomes == Array(repeating: .failure(.closed), count: letsGo ? 2 : 3))
        try made.peer.waitForEnd()
        #expect(made.peer.end == .orderly)
    }

    @Test func closesBeforeItIsConnected() throws {
        let made = try ClientBench(.tcp)
        made.send("GET", "/1")
        made.client!.close()
        #expect(try made.nextOutcome() == .failure(.closed))
        try made.bench.run(for: .milliseconds(10))
        #expect(made.peers.allSatisfy { $0.received.isEmpty })
    }

    // MARK: Words

    @Test(
        arguments: [
            (.cannotConnect(.connectionRefused), "cannot connect: Connection refused"),
            (.connectionLost(nil), "lost the connection before the answer"),
            (.connectionLost(.connectionReset), "lost the connection before the answer: Connection reset by peer"),
            (.malformedResponse(.malformedChunkEnd), "malformed answer: a chunk does not end with CRLF"),
            (.responseTooLarge, "answer too large"),
            (.timedOut, "timed out"),
            (.closed, "closed"),
        ] as [(HTTPClientError, String)])
    func saysWhatHappened(_ error: HTTPClientError, _ words: String) { #expect(error.description == words) }
}
