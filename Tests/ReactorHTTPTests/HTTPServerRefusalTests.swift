import ReactorHTTP
import TestSupport
import Testing

/// Requests that are refused: the answer must be readable, although the peer goes on sending.
@Suite struct HTTPServerRefusalTests {
    struct Case: CustomTestStringConvertible {
        let name: String
        let status: Int
        let request: String
        var testDescription: String { name }

        init(_ name: String, _ status: Int, _ request: String) {
            self.name = name
            self.status = status
            self.request = request
        }
    }

    private static let chunked = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"

    static let cases = [
        Case("length too large", 413, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1001\r\n\r\n"),
        Case("length far too large", 413, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 18446744073709551615\r\n\r\n"),
        Case(
            "chunks too large", 413,
            chunked + "3e8\r\n\(String(repeating: "a", count: 1000))\r\nffffff\r\na"),
        Case(
            "chunks too large, and broken behind that", 413,
            chunked + "3e9\r\n\(String(repeating: "a", count: 1001))broken"),
        Case("head too large", 431, "GET / HTTP/1.1\r\nHost: a\r\nA: \(String(repeating: "a", count: 17_000))\r\n\r\n"),
        Case("too many fields", 431, "GET / HTTP/1.1\r\nHost: a\r\n\(String(repeating: "a: b\r\n", count: 100))\r\n"),
        Case("target too long", 414, "GET /\(String(repeating: "a", count: 8_192)) HTTP/1.1\r\nHost: a\r\n\r\n"),
        Case("no host", 400, "GET / HTTP/1.1\r\n\r\n"),
        Case("rubbish", 400, "\u{16}\u{3}\u{1}\u{0}"),
        Case("bare line feed", 400, "GET / HTTP/1.1\nHost: a\n\n"),
        Case(
            "two framings", 400, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n"
        ),
        Case("chunk size", 400, chunked + "x\r\n"),
        Case(
            "trailers too large", 431,
            chunked + "0\r\nA: \(String(repeating: "a", count: 17_000))"),
        Case("version", 505, "GET / HTTP/2.0\r\nHost: a\r\n\r\n"),
        Case("coding", 501, "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n"),
    ]

    @Test(arguments: cases)
    func answersAndClosesWhileThePeerSends(_ test: Case) throws {
        let served = try ServerBench(.tcp, kernelBuffers: 65_536) { $0.bodyBytes = 1_000 }
        let peer = try served.connect()
        // The answer to a good request stands before the refusal's.
        peer.send(get("/1") + test.request + String(repeating: "more ", count: 400_000))
        try served.bench.run { peer.end != nil }
        #expect(peer.text == answer("GET /1") + answer(test.status, "", connection: "close"))
        #expect(peer.end == .orderly)
        #expect(served.requests == ["GET /1"])

        try served.bench.run { peer.hasSentAll || served.connectionCount == 0 }
        peer.close()
        try served.bench.run { served.connectionCount == 0 }
        #expect(served.disconnectCount == 1)
    }

    @Test func headsMayBeAsLongAsTheServerSays() throws {
        let served = try ServerBench { $0.headBytes = 200_000 }
        let peer = try served.connect()
        func long(_ path: String, _ count: Int) -> String {
            "GET \(path) HTTP/1.1\r\nHost: a\r\nA: \(String(repeating: "a", count: count))\r\n\r\n"
        }
        peer.send(get("/1") + long("/2", 199_000) + long("/3", 70_000) + get("/4") + long("/5", 200_000))
        try served.bench.run { peer.end != nil }
        let answers = (1...4).map { answer("GET /\($0)") }.joined()
        #expect(peer.text == answers + answer(431, "", connection: "close"))
    }

    @Test(arguments: cases)
    func answersTheSameByteByByte(_ test: Case) throws {
        let served = try ServerBench { $0.bodyBytes = 1_000 }
        let peer = try served.connect()
        let bytes = Array(test.request.utf8)
        // Long runs of one letter in pieces: what is looked for is at their ends.
        var sent = 0
        while sent < bytes.count, peer.end == nil {
            let piece = bytes.count - sent > 1_200 ? 600 : 1
            peer.send(Array(bytes[sent..<sent + piece]))
            try served.bench.settle()
            sent += piece
        }
        #expect(peer.text == answer(test.status, "", connection: "close"))
        try peer.waitForEnd()
        #expect(peer.end == .orderly)
    }

    @Test func closesOnAPeerThatSendsForEver() throws {
        try withATimeThisMachineKeeps(from: .milliseconds(50)) { timeout in
            let served = try ServerBench { $0.lingerTimeout = timeout }
            let peer = try served.connect()
            peer.send("rubbish\r\n")
            try served.bench.run { peer.end != nil }
            guard served.connectionCount == 1 else { return false }
            let pause = try served.bench.trickle("more", from: peer, every: timeout / 12) {
                served.connectionCount == 0
            }
            #expect(served.disconnectCount == 1)
            return pause < timeout
        }
    }

    @Test func goesOnAfterAPeerThatVanished() throws {
        let served = try ServerBench(.tcp)
        for text in ["", "GET", get("/later"), "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nab", "bad\r\n"] {
            let peer = try served.connect()
            peer.send(text)
            try served.bench.run { served.connectionCount == 1 && peer.hasSentAll }
            try served.bench.run(for: .milliseconds(5))
            if text == get("/later") { try served.bench.run { !served.held.isEmpty } }
            peer.reset()
            try served.bench.run { served.connectionCount == 0 }
        }
        #expect(served.disconnectCount == 5)
        #expect(!served.held[0].isOpen)
    }
}
