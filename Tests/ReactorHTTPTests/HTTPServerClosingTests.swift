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
