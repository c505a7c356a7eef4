import Reactor
import ReactorHTTP
import TestSupport
import Testing

/// A process that is stopped past a limit, as Lambda freezes an environment, while bytes arrive: what has arrived is read before
/// the limit is judged, however many reads that takes. The loop stands still for as long, which is the same to it.
@Suite struct ThawTests {
    private static let first = Duration.milliseconds(60)
    /// More than a read takes of a body whose length is not known.
    private static let piece = String(repeating: "x", count: 30_000)
    private static let chunks = "\(String(piece.utf8.count, radix: 16))\r\n\(piece)\r\n0\r\n\r\n"

    private func standStill(for time: Duration) {
        let end = Instant.now + time
        while Instant.now <= end {}
    }

    @Test(arguments: Bench.Transport.allCases, ["body", "head", "first byte"])
    func aRequestIsServed(transport: Bench.Transport, cut: String) throws {
        try withATimeThisMachineKeeps(from: Self.first) { limit in
            let served = try ServerBench(transport) { limits in
                limits.headTimeout = limit
                limits.bodyTimeout = limit
            }
            let head = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
            let early = ["body": head, "head": String(head.dropLast(9)), "first byte": ""][cut]!
            let peer = try served.connect()
            peer.send(early)
            try served.bench.settle()
            guard peer.end == nil, peer.text.isEmpty else { return false }
            standStill(for: limit)
            peer.send(head.dropFirst(early.count) + Self.chunks)
            #expect(peer.hasSentAll)
            try served.bench.run("an answer") { !peer.text.isEmpty || peer.end != nil }
            #expect(peer.text.hasPrefix("HTTP/1.1 200 "))
            #expect(served.requests.count == 1)
            return true
        }
    }

    @Test func aRequestThatIsNotWholeIsStillRefused() throws {
        try withATimeThisMachineKeeps(from: Self.first) { limit in
            let served = try ServerBench { $0.bodyTimeout = limit }
            let peer = try served.connect()
            peer.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
            try served.bench.settle()
            guard peer.end == nil, peer.text.isEmpty else { return false }
            standStill(for: limit)
            peer.send(Self.chunks.dropLast().description)
            try peer.waitForEnd()
            #expect(peer.text == answer(408, "", connection: "close"))
            return true
        }
    }

    private static let answerInChunks = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\(chunks)"

    @Test(arguments: Bench.Transport.allCases)
    func anAnswerIsTaken(transport: Bench.Transport) throws {
        try withATimeThisMachineKeeps(from: Self.first) { limit in
            let made = try ClientBench(transport)
            made.send("GET", timeout: limit)
            try made.bench.settle()
            guard made.outcomes.isEmpty else { return false }
            standStill(for: limit)
            made.peer.send(Self.answerInChunks)
            #expect(made.peer.hasSentAll)
            #expect(try made.nextOutcome() == .answer(200, Self.piece))
            return true
        }
    }

    @Test func anAnswerThatIsNotWholeIsStillTooLate() throws {
        try withATimeThisMachineKeeps(from: Self.first) { limit in
            let made = try ClientBench()
            made.send("GET", timeout: limit)
            try made.bench.settle()
            guard made.outcomes.isEmpty else { return false }
            standStill(for: limit)
            made.peer.send(Self.answerInChunks.dropLast().description)
            #expect(try made.nextOutcome() == .failure(.timedOut))
            return true
        }
    }

    @Test(arguments: [true, false])
    func aPoolTakesAnAnswer(isWhole: Bool) throws {
        try withATimeThisMachineKeeps(from: Self.first) { limit in
            let made = try PoolBench()
            try made.send("GET", "/", timeout: limit)
            try made.bench.settle()
            guard made.outcomes.isEmpty, let peer = made.peers.first else { return false }
            standStill(for: limit)
            peer.send(isWhole ? Self.answerInChunks : Self.answerInChunks.dropLast().description)
            #expect(try made.next().outcome == (isWhole ? .answer(200, Self.piece) : .failure(.timedOut)))
            return true
        }
    }
}
