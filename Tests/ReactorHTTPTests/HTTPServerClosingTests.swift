import ReactorHTTP
import TestSupport
import Testing

@Suite struct HTTPServerClosingTests {
    @Test func closesEverythingAtOnce() throws {
        let served = try ServerBench()
        let peers = try (0..<3).map { _ in try served.connect() }
        peers[0].send(get("/later"))
        peers[1].send("GET")
        try served.bench.settle()
        served.server!.close()
        #expect(served.connectionCount == 0)
        #expect(served.disconnectCount == 3)
        for peer in peers { try peer.waitForEnd() }
        try retry(until: Errno.connectionRefused) { _ = try served.connect() }
        served.server!.close()
        #expect(served.disconnectCount == 3)
    }

    /// Idle connections end at once, the others behind their answers, and newcomers are served as ever.
    @Test func retiresTheConnectionsThatThereAre() throws {
        let served = try ServerBench()
        let (idle, waiting, begun) = (try served.connect(), try served.connect(), try served.connect())
        idle.send(get("/1"))
        waiting.send(get("/later"))
        begun.send("GET /2 HTTP/1.1\r\n")
        try served.bench.settle()
        idle.readNow()
        served.server!.retireConnections()
        try idle.waitForEnd()
        served.held[0].respond(200, text: "late")
        try waiting.waitForEnd()
        #expect(waiting.text == answer("late", connection: "close"))
        begun.send("Host: a\r\n\r\n")
        try begun.waitForEnd()
        #expect(begun.text.contains("\r\nConnection: close\r\n"))
        let newcomer = try served.connect()
        newcomer.send(get("/later") + get("/later"))
        try served.bench.run { served.held.count == 2 }
        served.held[1].respond(200, text: "new")
        try served.bench.run { served.held.count == 3 }
        #expect(newcomer.end == nil)
    }

    @Test func closesWhenLetGoOf() throws {
        let served = try ServerBench()
        let peer = try served.connect()
        peer.send(get("/1"))
        try served.bench.settle()
        served.dropServer()
        try served.bench.settle()
        try peer.waitForEnd()
        #expect(peer.end == .orderly)
        #expect(served.disconnectCount == 1)
    }

    @Test func aHandlerMayCloseTheServer() throws {
        let served = try ServerBench { $0.bodyBytes = 1 << 20 }
        let body = String(repeating: "b", count: 500_000)
        let idle = try served.connect()
        served.onRequest = { [unowned served] request, responder in
            served.server!.close()
            #expect(!responder.isOpen)
            responder.respond(200, body: "nobody")
            #expect(request.body.string == body)
            #expect(request.field("X")?.string == "y")
            return true
        }
        let peer = try served.connect()
        peer.send(post("/", body, "X: y\r\n") + get("/2"))
        try served.bench.settle()
        #expect(served.requests.count == 1)
        #expect(served.connectionCount == 0)
        #expect(served.disconnectCount == 2)
        try idle.waitForEnd()
        #expect(idle.end == .orderly)
        try peer.waitForEnd()
        #expect(peer.end != nil)
        #expect(peer.text == "")
    }

    @Test func aHandlerMayLetGoOfTheServer() throws {
        let served = try ServerBench()
        served.onRequest = { [unowned served] request, responder in
            served.dropServer()
            #expect(request.field("X")?.string == "y")
            return false
        }
        let peer = try served.connect()
        peer.send(get("/", "X: y\r\n") + get("/2", "X: y\r\n"))
        try served.bench.settle()
        try peer.waitForEnd()
        #expect(peer.end != nil)
        #expect(served.disconnectCount == 1)
    }

    @Test func closingInsideOnDisconnect() throws {
        let served = try ServerBench()
        let peers = try (0..<5).map { _ in try served.connect() }
        try served.bench.settle()
        var told = 0
        served.server!.onDisconnect = { [unowned server = served.server!] _ in
            told += 1
            server.close()
        }
        peers[2].close()
        try served.bench.settle()
        #expect(told == 5)
        #expect(served.connectionCount == 0)
    }

    // MARK: Drain

    @Test func drainsAtOnceWhenThereIsNothing() throws {
        let served = try ServerBench()
        var drained = 0
        served.server!.drain { drained += 1 }
        #expect(drained == 1)
        try retry(until: Errno.connectionRefused) { _ = try served.connect() }
    }

    @Test func drainsIdleBusyAndWaitingConnections() throws {
        let served = try ServerBench()
        let idle = try served.connect()
        let new = try served.connect()
        let busy = try served.connect()
        let waiting = try served.connect()
        idle.send(get("/1"))
        busy.send("POST /busy HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\na")
        waiting.send(get("/later"))
        try served.bench.settle()
        var drained = 0
        served.server!.drain { drained += 1 }
        try served.bench.settle()
        try idle.waitForEnd()
        #expect(idle.text == answer("GET /1") && idle.end == .orderly)
        try new.waitForEnd()
        #expect(new.end == .orderly)
        #expect(busy.end == nil && waiting.end == nil)
        #expect(served.connectionCount == 2)

        busy.send("b")
        try served.bench.settle()
        #expect(busy.text == answer("POST /busy ab", connection: "close"))
        busy.close()
        try served.bench.settle()
        #expect(drained == 0)

        served.held[0].respond(200, text: "done")
        try served.bench.settle()
        #expect(waiting.text == answer("done", connection: "close"))
        try waiting.waitForEnd()
        #expect(waiting.end == .orderly)
        waiting.close()
        try served.bench.run { drained == 1 }
        #expect(served.disconnectCount == 4)
    }

    @Test(arguments: [false, true])
    func aHandlerMayDrain(answersFirst: Bool) throws {
        let served = try ServerBench()
        var drained = 0
        let peer = try served.connect()
        served.onRequest = { [unowned served] _, responder in
            if answersFirst {
                responder.respond(200, body: "bye")
                responder.flush()
            }
            served.server!.drain {
                #expect(served.disconnectCount == 1)
                drained += 1
            }
            #expect(drained == 0)
            if !answersFirst { responder.respond(200, body: "bye") }
            return true
        }
        peer.send(get("/"))
        try served.bench.settle()
        #expect(peer.text == answer("bye", connection: answersFirst ? nil : "close"))
        try peer.waitForEnd()
        #expect(peer.end == .orderly)
        peer.close()
        try served.bench.run { drained == 1 }
    }

    /// A second signal is ordinary: each call's completion is called, once and in order, whatever ends the wait.
    @Test(arguments: ["answer", "time", "close", "let go"])
    func drainsAsOftenAsAsked(end: String) throws {
        let served = try ServerBench()
        let peer = try served.connect()
        peer.send(get("/later"))
        try served.bench.settle()
        var drained: [Int] = []
        let time = end == "time" ? Duration.milliseconds(5) : patience
        served.server!.drain(within: time) { drained.append(1) }
        served.server!.drain { drained.append(2) }
        served.server!.drain(within: patience) { drained.append(3) }
        #expect(drained.isEmpty)
        switch end {
        case "answer":
            served.held[0].respond(200)
            peer.close()
        case "close": served.server!.close()
        case "let go":
            served.held = []
            served.dropServer()
        default: break
        }
        try served.bench.run { drained.count == 3 }
        served.server?.drain { drained.append(4) }
        if end != "let go" { #expect(drained.last == 4) }
        #expect(drained.prefix(3) == [1, 2, 3])
    }

    /// The time of a drain is nobody's concern once its server has gone, whoever else has drained it.
    @Test func noTimeOfADrainOutlivesTheServer() throws {
        let served = try ServerBench()
        let peer = try served.connect()
        peer.send(get("/later"))
        try served.bench.settle()
        var drained = 0
        for _ in 0..<3 { served.server!.drain(within: .milliseconds(2)) { drained += 1 } }
        served.held = []
        served.dropServer()
        #expect(drained == 3)
        try served.bench.run(for: .milliseconds(6))
        #expect(drained == 3)
    }

    // MARK: In stages

    /// An answer on its way arrives, although the peer sends more before it reads (RFC 9112, section 9.6).
    @Test(arguments: ["HTTP/1.1\r\nConnection: close", "HTTP/1.0"], [false, true])
    func allOfALastAnswerArrives(version: String, isStreamed: Bool) throws {
        let made = try RoutedBench(.tcp)
        let body = [UInt8](repeating: 0x61, count: 1 << 20)
        made.router.on("POST", "/large") { _, responder in
            guard isStreamed else { return body.withByteView { responder.respond(200, body: $0) } }
            let stream = responder.stream(200, contentLength: UInt64(body.count), unsentLimit: 2 << 20)
            #expect(body.withByteView { stream.write($0) } == body.count)
            stream.finish()
        }
        let peer = try made.connect()
        peer.isReading = false
        peer.send("POST /large \(version)\r\nHost: a\r\nContent-Length: 1\r\n\r\na")
        // The kernel takes it all, and the server has nothing more to say.
        try made.bench.run(for: .milliseconds(20))
        peer.send("\r\n")
        try made.bench.run(for: .milliseconds(5))
        peer.isReading = true
        try made.bench.run { peer.end != nil }
        #expect(peer.end == .orderly)
        #expect(peer.received.suffix(body.count) == body[...])
        peer.close()
        try made.bench.run { made.disconnectCount == 1 }
    }

    /// A peer that does not end the connection in its turn is not waited for for long.
    @Test(arguments: Bench.Transport.allCases)
    func endsAConnectionThatItsPeerLeavesOpen(transport: Bench.Transport) throws {
        let served = try ServerBench(transport) { $0.lingerTimeout = .milliseconds(30) }
        let start = Instant.now
        let peer = try served.connect()
        peer.send(get("/1", "Connection: close\r\n"))
        try served.bench.run { served.disconnectCount == 1 }
        #expect(.now - start >= .milliseconds(30))
        try peer.waitForEnd()
        #expect(peer.text == answer("GET /1", connection: "close") && peer.end == .orderly)
    }

    /// An answer that was on its way when the drain began is the connection's last.
    @Test func drainsAConnectionWhoseAnswerIsBeingWritten() throws {
        let served = try ServerBench()
        let large = [UInt8](repeating: 0x61, count: 4 << 20)
        served.onRequest = { _, responder in
            large.withByteView { responder.respond(200, body: $0) }
            return true
        }
        let peer = try served.connect()
        peer.isReading = false
        peer.send(get("/"))
        try served.bench.settle()
        var drained = 0
        served.server!.drain { drained += 1 }
        peer.isReading = true
        try served.bench.run { peer.end != nil }
        #expect(peer.end == .orderly)
        #expect(peer.received.count > large.count)
        peer.close()
        try served.bench.run { drained == 1 }
    }

    /// The answer to a request stands although the peer had sent more that is no longer served.
    @Test(arguments: 0..<20)
    func drainsWithoutAReset(round: Int) throws {
        let served = try ServerBench(.tcp)
        let peer = try served.connect()
        peer.send(get("/later"))
        try served.bench.run { served.held.count == 1 }
        var drained = 0
        served.server!.drain { drained += 1 }
        peer.isReading = false
        peer.send(String(repeating: get("/more"), count: 20_000))
        served.held[0].respond(200, text: "last")
        try served.bench.run(for: .milliseconds(5))
        peer.isReading = true
        try served.bench.run { peer.end != nil }
        #expect(peer.text == answer("last", connection: "close"))
        #expect(peer.end == .orderly)
        peer.close()
        try served.bench.run { drained == 1 }
    }

    /// The same for a request that was the last by the peer's own word.
    @Test func closesWithoutAResetWhenThePeerSendsBehindItsLastRequest() throws {
        let served = try ServerBench(.tcp)
        let peer = try served.connect()
        peer.send(get("/1", "Connection: close\r\n") + String(repeating: get("/more"), count: 20_000))
        try served.bench.run { peer.end != nil }
        #expect(peer.text == answer("GET /1", connection: "close"))
        #expect(peer.end == .orderly)
    }
}
