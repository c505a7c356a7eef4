import ReactorHTTP
import TestSupport
import Testing

/// A peer that sends and ends the connection at once: the kernel reports the hang-up while bytes are left to be read
/// (epoll_ctl(2)), over a Unix socket with the first of them.
@Suite struct HangUpTests {
    private static let body = String((0..<100_000).map { Character(UnicodeScalar(UInt8(0x61 + $0 % 26))) })

    private static let uploads = [
        post("/upload", body),
        chunkedPost(
            "/upload", (0..<100).map { String(repeating: Character(UnicodeScalar(0x61 + $0 % 26)!), count: 1_000) }),
        get("/get") + post("/upload", body),
    ]

    /// The body of an upload.
    private static func body(_ upload: Int) -> String {
        upload == 1
            ? (0..<100).map { String(repeating: Character(UnicodeScalar(0x61 + $0 % 26)!), count: 1_000) }.joined()
            : body
    }

    /// The ways in which the consumer of a body waits.
    enum Pause: CaseIterable {
        case never, fromTheStart, atEachPiece, outsideOfATurn
    }

    @Test(arguments: Bench.Transport.allCases, Pause.allCases)
    func allOfABodyIsHandedOut(_ transport: Bench.Transport, _ pause: Pause) throws {
        for (index, upload) in Self.uploads.enumerated() {
            let made = try RoutedBench(transport)
            var timer: EventLoop.Timer?
            func wait(_ upload: RoutedBench.Upload) {
                upload.body.pause()
                if timer == nil { timer = made.bench.loop.makeTimer { made.uploads[0].body.resume() } }
                // Time for the hang-up to be reported, again and again if it were.
                timer?.arm(after: .milliseconds(3))
            }
            switch pause {
            case .never: break
            case .fromTheStart: made.onUpload = wait
            case .atEachPiece: made.onPiece = wait
            case .outsideOfATurn:
                made.onUpload = { [unowned loop = made.bench.loop] upload in loop.enqueue { wait(upload) } }
            }
            let peer = try made.connect()
            peer.send(upload)
            while !peer.hasSentAll { try made.bench.loop.runOnce() }
            peer.close()
            try made.bench.run { made.uploads.first?.endCount == 1 }
            let gone = made.uploads[0]
            #expect(gone.isComplete && gone.error == nil, "upload \(index)")
            #expect(gone.text == Self.body(index), "upload \(index): \(gone.text.utf8.count) bytes")
            try made.bench.run { made.disconnectCount == 1 }
        }
    }

    /// The last piece, and what is behind it, had been read when the hang-up came.
    @Test(arguments: Bench.Transport.allCases)
    func whatWasReadBeforeIsHandedOut(_ transport: Bench.Transport) throws {
        for upload in [post("/upload", "abcdef"), chunkedPost("/upload", ["abc", "def"], trailers: "T: 1\r\n")] {
            let made = try RoutedBench(transport)
            made.onUpload = { $0.body.pause() }
            let peer = try made.connect()
            peer.send(upload)
            try made.bench.run { made.uploads.count == 1 }
            peer.close()
            // It does not spin meanwhile.
            #expect(try made.bench.run(for: .milliseconds(20)) < 5)
            #expect(made.uploads[0].endCount == 0)
            made.uploads[0].body.resume()
            try made.bench.run { made.uploads[0].endCount == 1 }
            #expect(made.uploads[0].isComplete && made.uploads[0].text == "abcdef")
            try made.bench.run { made.disconnectCount == 1 }
        }
    }

    /// The fault of a broken body is reported, though its peer has gone.
    @Test func theFaultOfABodyIsToldBehindAHangUp() throws {
        let made = try RoutedBench()
        made.onUpload = { $0.body.pause() }
        let peer = try made.connect()
        peer.send(chunkedPost("/upload", ["abc"]).replacing("0\r\n", with: "x\r\n"))
        try made.bench.settle()
        peer.close()
        try made.bench.settle()
        made.uploads[0].body.resume()
        try made.bench.run { made.uploads[0].endCount == 1 }
        #expect(made.uploads[0].text == "abc" && made.uploads[0].error == .malformed(.malformedChunkSize))
    }

    /// A body that can never be complete any more is reported while it is paused.
    @Test func theLossOfAPausedBodyIsToldAtOnce() throws {
        for begun in [
            "POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc",
            chunkedPost("/upload", ["abc"]).replacing("0\r\n\r\n", with: "3\r\nd"),
        ] {
            let made = try RoutedBench()
            made.onUpload = { $0.body.pause() }
            let peer = try made.connect()
            peer.send(begun)
            try made.bench.settle()
            peer.close()
            try made.bench.run { made.uploads[0].endCount == 1 }
            #expect(made.uploads[0].error == .connectionLost && made.uploads[0].pieces.isEmpty)
            #expect(made.disconnectCount == 1)
        }
    }

    /// The answer that nobody reads is no end of what was sent before.
    @Test(arguments: Bench.Transport.allCases)
    func anAnswerThatIsNotTakenLeavesTheBodyAlone(_ transport: Bench.Transport) throws {
        let made = try RoutedBench(transport)
        var losses = 0
        made.onUpload = { [unowned made] upload in
            let stream = upload.responder.stream(200)
            stream.onLoss = { losses += 1 }
            made.onPiece = { upload in
                upload.body.pause()
                _ = stream.write("taken")
                made.bench.loop.enqueue { upload.body.resume() }
            }
            made.onComplete = { _ in if stream.isOpen { stream.finish() } }
        }
        let peer = try made.connect()
        peer.send(post("/upload", Self.body))
        while !peer.hasSentAll { try made.bench.loop.runOnce() }
        peer.close()
        try made.bench.run { made.uploads.first?.endCount == 1 && made.disconnectCount == 1 }
        if transport == .unix { #expect(made.uploads[0].text == Self.body && losses == 0) }
    }

    /// The same for a client, whose server answers and ends the connection at once.
    @Test(arguments: Bench.Transport.allCases)
    func allOfAnAnswerIsTaken(_ transport: Bench.Transport) throws {
        for text in [
            answer(Self.body), "HTTP/1.1 200 OK\r\n\r\n" + Self.body,
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk(Self.body) + "0\r\n\r\n",
        ] {
            // Where only the connection's end marks that of the answer, an error in its place is no end.
            for hasUnsent in text.contains("\r\nContent-Length") || text.contains("chunked") ? [false, true] : [false] {
                let made = try ClientBench(transport)
                if hasUnsent {
                    // Refused unread, as a server does with a body that it does not want.
                    made.send("POST", "/", body: String(repeating: "b", count: 8 << 20))
                    try made.bench.run { made.peers.count == 1 && !made.peer.received.isEmpty }
                    made.peer.isReading = false
                } else {
                    try made.begin()
                }
                made.peer.send(text)
                while !made.peer.hasSentAll { try made.bench.loop.runOnce() }
                // Over TCP a close with unread bytes would be a reset, which may overtake the answer.
                if hasUnsent, transport == .tcp { made.peer.finishSending() } else { made.peer.close() }
                #expect(try made.nextOutcome() == .answer(200, Self.body))
            }
        }
    }
}
