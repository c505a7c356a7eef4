import ReactorHTTP
import TestSupport
import Testing

@Suite struct HTTPServerTimeoutTests {
    private static let brief = Duration.milliseconds(60)

    /// Runs until the peer was notified of the end, and gives the time since `start`, an instant before the timer was
    /// set.
    private func timeToEnd(of peer: Peer, _ served: ServerBench, since start: Instant) throws -> Duration {
        try served.bench.run { peer.end != nil }
        return .now - start
    }

    /// Runs until `expected` has arrived; false when the server cut the connection before.
    private func receives(_ expected: String, _ peer: Peer, _ served: ServerBench) throws -> Bool {
        try served.bench.run { peer.received.count >= expected.utf8.count || peer.end != nil }
        guard peer.end == nil else { return false }
        let isWhole = peer.take() == expected
        #expect(isWhole)
        return true
    }

    @Test func closesAConnectionThatSaysNothing() throws {
        let served = try ServerBench { $0.headTimeout = Self.brief }
        let start = Instant.now
        let peer = try served.connect()
        try served.bench.settle()
        #expect(try timeToEnd(of: peer, served, since: start) >= Self.brief)
        #expect(peer.text == "")
        try peer.waitForEnd()
        #expect(peer.end == .orderly)
        #expect(served.connectionCount == 0)
        #expect(served.disconnectCount == 1)
    }

    @Test func refusesAHeadThatTakesTooLong() throws {
        let served = try ServerBench { $0.headTimeout = Self.brief }
        let start = Instant.now
        let peer = try served.connect()
        peer.send("GET / HT")
        try served.bench.settle()
        #expect(try timeToEnd(of: peer, served, since: start) >= Self.brief)
        #expect(peer.text == answer(408, "", connection: "close"))
        peer.close()
        try served.bench.run { served.connectionCount == 0 }
    }

    /// Bytes that trickle in do not move the deadline.
    @Test func refusesALaterHeadThatTricklesIn() throws {
        try withATimeThisMachineKeeps(from: Self.brief) { timeout in
            let served = try ServerBench { $0.headTimeout = timeout }
            let peer = try served.connect()
            peer.send(get("/1"))
            guard try receives(answer("GET /1"), peer, served) else { return false }
            // Between requests there is no limit.
            try served.bench.run(for: timeout + timeout)
            #expect(peer.end == nil)
            let pause = try served.bench.trickle("A", from: peer, every: timeout / 12) { peer.end != nil }
            #expect(peer.text == answer(408, "", connection: "close"))
            return pause < timeout
        }
    }

    @Test func refusesABodyThatTakesTooLong() throws {
        let served = try ServerBench { $0.bodyTimeout = Self.brief }
        let start = Instant.now
        let peer = try served.connect()
        peer.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nab")
        try served.bench.settle()
        #expect(try timeToEnd(of: peer, served, since: start) >= Self.brief)
        #expect(peer.text == answer(408, "", connection: "close"))
        #expect(served.requests == [])
    }

    @Test func closesOnAPeerThatDoesNotTakeItsAnswer() throws {
        let served = try ServerBench { $0.writeTimeout = Self.brief }
        let large = [UInt8](repeating: 0x61, count: 4 << 20)
        served.onRequest = { _, responder in
            large.withByteView { responder.respond(200, body: $0) }
            return true
        }
        let peer = try served.connect()
        peer.isReading = false
        peer.send(get("/"))
        let start = Instant.now
        try served.bench.run { served.disconnectCount == 1 }
        #expect(.now - start >= .milliseconds(55))
        #expect(served.connectionCount == 0)
    }

    /// A reader that was slow once has its later requests answered when their time comes.
    @Test func aSlowReadersLongPollIsNotCutByTheWriteTimeout() throws {
        let large = String(repeating: "a", count: 60_000)
        try withATimeThisMachineKeeps(from: Self.brief) { timeout in
            let served = try ServerBench(.tcp, kernelBuffers: 4_096) { $0.writeTimeout = timeout }
            served.onRequest = { request, responder in
                guard request.path == "/large" else { return false }
                responder.respond(200, text: large)
                return true
            }
            let peer = try served.connect(kernelBuffers: 4_096)
            peer.isReading = false
            peer.send(get("/large") + get("/later"))
            // The second is with its owner while the first's answer is being written.
            try served.bench.run { served.held.count == 1 }
            peer.isReading = true
            guard try receives(answer(large), peer, served) else { return false }
            try served.bench.run(for: timeout + timeout)
            #expect(peer.end == nil)
            served.held[0].respond(200, text: "late")
            try served.bench.run { peer.text == answer("late") }
            return true
        }
    }

    /// Nor is an idle connection.
    @Test func aSlowReadersIdleConnectionStaysOpen() throws {
        let large = String(repeating: "a", count: 4 << 20)
        try withATimeThisMachineKeeps(from: Self.brief) { timeout in
            let served = try ServerBench { $0.writeTimeout = timeout }
            served.onRequest = { _, responder in
                responder.respond(200, text: large)
                return true
            }
            let peer = try served.connect()
            peer.isReading = false
            peer.send(get("/large"))
            try served.bench.settle()
            peer.isReading = true
            guard try receives(answer(large), peer, served) else { return false }
            try served.bench.run(for: timeout + timeout)
            #expect(peer.end == nil)
            #expect(served.connectionCount == 1)
            return true
        }
    }

    /// Nor does a refusal's linger last as long as the time to write it.
    @Test func lingersAsLongAsItShouldBehindASlowReader() throws {
        let served = try ServerBench(.tcp, kernelBuffers: 4_096) {
            $0.writeTimeout = patience + patience
            $0.lingerTimeout = Self.brief
        }
        let large = [UInt8](repeating: 0x61, count: 60_000)
        served.onRequest = { _, responder in
            large.withByteView { responder.respond(200, body: $0) }
            return true
        }
        let peer = try served.connect(kernelBuffers: 4_096)
        peer.isReading = false
        peer.send(get("/large") + "rubbish\r\n")
        try served.bench.run { served.requests.count == 1 }
        peer.isReading = true
        try served.bench.run { peer.end == .orderly }
        try served.bench.run { served.connectionCount == 0 }
    }
}
