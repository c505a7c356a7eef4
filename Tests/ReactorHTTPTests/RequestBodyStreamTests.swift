import ReactorHTTP
import TestSupport
import Testing

@Suite struct RequestBodyStreamTests {
    // MARK: What is handed out

    struct Case: CustomTestStringConvertible, Sendable {
        let name: String
        let request: String
        let text: String
        var trailers = ""
        var testDescription: String { name }
    }

    static let cases = [
        Case(name: "length", request: post("/upload", "0123456789"), text: "0123456789"),
        Case(name: "a length of nothing", request: post("/upload", ""), text: ""),
        Case(name: "no body", request: "POST /upload HTTP/1.1\r\nHost: a\r\n\r\n", text: ""),
        Case(name: "one chunk", request: chunkedPost("/upload", ["0123456789"]), text: "0123456789"),
        Case(
            name: "chunks", request: chunkedPost("/upload", ["0", "123", "4567890abcdef0123"]),
            text: "01234567890abcdef0123"),
        Case(name: "no chunks", request: chunkedPost("/upload", []), text: ""),
        Case(
            name: "trailers", request: chunkedPost("/upload", ["ab"], trailers: "A: 1\r\nB: 2\r\n"), text: "ab",
            trailers: " A=1 B=2"),
    ]

    /// The last request of a connection has a body, too.
    @Test(arguments: [
        post("/upload", "0123456789", "Connection: close\r\n"),
        chunkedPost("/upload", ["0123", "456789"], fields: "Connection: close\r\n"),
    ])
    func everySplitOfTheLastRequest(request: String) throws {
        let made = try RoutedBench()
        let bytes = Array((request + get("/get")).utf8)
        for cut in 0...bytes.count {
            let peer = try made.connect()
            peer.send(Array(bytes[..<cut]))
            try made.bench.settle()
            peer.send(Array(bytes[cut...]))
            try peer.waitForEnd()
            #expect(peer.text == answer("0123456789", connection: "close"), "cut at \(cut)")
        }
    }

    /// Every body, cut in two anywhere, with another request behind it: the connection serves on.
    @Test(arguments: cases)
    func everySplit(_ one: Case) throws {
        let made = try RoutedBench()
        let bytes = Array((one.request + get("/get")).utf8)
        for cut in 0...bytes.count {
            let peer = try made.connect()
            peer.send(Array(bytes[..<cut]))
            try made.bench.settle()
            peer.send(Array(bytes[cut...]))
            try made.bench.settle()
            #expect(peer.text == answer(one.text + one.trailers) + answer("got"), "cut at \(cut)")
            peer.close()
            let upload = try #require(made.uploads.last)
            #expect(upload.isComplete && upload.endCount == 1 && upload.body.count == UInt64(one.text.utf8.count))
        }
        try made.bench.run { made.connectionCount == 0 }
        #expect(made.uploads.count == bytes.count + 1)
        #expect(made.uploads.allSatisfy { $0.endCount == 1 })
    }

    @Test(arguments: cases)
    func byteByByte(_ one: Case) throws {
        let made = try RoutedBench(.tcp)
        let peer = try made.connect()
        for byte in one.request.utf8 {
            peer.send([byte])
            try made.bench.settle()
        }
        let expected = answer(one.text + one.trailers)
        try made.bench.run { peer.text.utf8.count >= expected.utf8.count }
        #expect(peer.text == expected)
    }

    @Test func handsOutEachPieceAsItComes() throws {
        let made = try RoutedBench()
        let peer = try made.connect()
        peer.send("POST /upload?q HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\n\r\n")
        try made.bench.settle()
        let upload = try #require(made.uploads.first)
        #expect(upload.target == "/upload?q" && upload.body.announcedCount == 6 && upload.pieces.isEmpty)
        for piece in ["ab", "c", "def"] {
            peer.send(piece)
            try made.bench.settle()
            #expect(upload.pieces.last == piece)
        }
        #expect(peer.text == answer("abcdef"))
    }

    /// The rest of a body that was answered meanwhile is no request, though it lies in the buffer.
    @Test func theRestOfAnAnsweredBodyIsNotServed() throws {
        let made = try RoutedBench()
        made.onPiece = { upload in if upload.pieces.count == 1 { upload.responder.respond(403) } }
        let peer = try made.connect()
        peer.send(chunkedPost("/upload", ["abc", "def"]) + get("/get"))
        try peer.waitForEnd()
        #expect(peer.text == answer(403, "", connection: "close"))
    }

    @Test func answersLaterAndServesOn() throws {
        let made = try RoutedBench()
        made.onComplete = { _ in }
        let peer = try made.connect()
        peer.send(chunkedPost("/upload", ["abc"]) + get("/get"))
        try made.bench.settle()
        #expect(made.uploads[0].isComplete && peer.text == "")
        made.uploads[0].responder.respond(200, text: "later")
        try made.bench.settle()
        #expect(peer.text == answer("later") + answer("got"))
    }

    // MARK: 100 Continue

    private let expecting = "POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n"

    @Test func continuesWhenTheBodyIsAwaited() throws {
        let made = try RoutedBench()
        let peer = try made.connect()
        peer.send(expecting)
        try made.bench.settle()
        #expect(peer.take() == "HTTP/1.1 100 Continue\r\n\r\n")
        peer.send("abc")
        try made.bench.settle()
        #expect(peer.take() == answer("abc"))
        peer.send(expecting + "abc")
        try made.bench.settle()
        #expect(peer.take() == answer("abc"))
    }

    @Test func aRefusalSparesThePeerTheBody() throws {
        let made = try RoutedBench()
        made.onUpload = { $0.responder.respond(403) }
        let peer = try made.connect()
        peer.send(expecting)
        try made.bench.settle()
        #expect(peer.text == answer(403, "", connection: "close"))
        try peer.waitForEnd()
        #expect(peer.end == .orderly)
        #expect(made.uploads[0].error == .answered)
    }

    // MARK: Answers before the end

    @Test(arguments: [false, true])
    func anAnswerBeforeTheEndIsTheLast(inPiece: Bool) throws {
        let made = try RoutedBench(.tcp)
        made.onPiece = { if inPiece { $0.responder.respond(413, text: "enough") } }
        let peer = try made.connect()
        peer.send("POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: 40000000\r\n\r\nabc")
        try made.bench.run { made.uploads.first?.text == "abc" }
        if !inPiece { made.uploads[0].responder.respond(413, text: "enough") }
        peer.isReading = false
        peer.send([UInt8](repeating: 0x61, count: 4 << 20))
        try made.bench.run(for: .milliseconds(2))
        peer.isReading = true
        try made.bench.run { peer.end != nil }
        #expect(peer.text == answer(413, "enough", connection: "close"))
        #expect(peer.end == .orderly, "no reset overtakes the answer")
        #expect(made.uploads[0].error == .answered && made.uploads[0].endCount == 1)
        peer.close()
        try made.bench.run { made.disconnectCount == 1 }
    }

    // MARK: Limits and faults

    @Test func refusesTooMuch() throws {
        let made = try RoutedBench(limit: 5)
        #expect(try made.exchange(post("/upload", "12345")) == answer("12345"))
        #expect(try made.exchange(chunkedPost("/upload", ["123", "45"])) == answer("12345"))
        #expect(made.uploads.count == 2)
        #expect(try made.exchange(post("/upload", "123456")) == answer(413, "", connection: "close"))
        #expect(made.uploads.count == 2, "refused by its length, unread")
        #expect(try made.exchange(chunkedPost("/upload", ["123", "456"])) == answer(413, "", connection: "close"))
        #expect(made.uploads[2].error == .tooLarge && made.uploads[2].endCount == 1)
    }

    @Test func aGatheredBodyHasItsOwnLimit() throws {
        let made = try RoutedBench { $0.bodyBytes = 5 }
        made.router.on("POST", "/gather") { request, responder in responder.respond(200, body: request.body) }
        #expect(try made.exchange(post("/gather", "123456")) == answer(413, "", connection: "close"))
        #expect(try made.exchange(post("/upload", "123456")) == answer("123456"))
    }

    @Test func refusesWhatBreaksTheFraming() throws {
        let made = try RoutedBench()
        let head = "POST /upload HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
        let table: [(String, HTTPParseError)] = [
            ("x", .malformedChunkSize), ("3\r\nabcd", .malformedChunkEnd), ("3\n", .bareLineFeed),
            ("0\r\n bad\r\n\r\n", .malformedFieldName),
        ]
        for (body, fault) in table {
            let text = try made.exchange(head + body)
            #expect(text == answer(fault.status, "", connection: "close"), "\(body)")
            guard case .malformed? = made.uploads.last?.error else {
                Issue.record("\(body): \(String(describing: made.uploads.last?.error))")
                continue
            }
        }
    }

    @Test func aPeerThatStopsIsRefusedInTime() throws {
        let made = try RoutedBench { $0.bodyTimeout = .milliseconds(30) }
        let peer = try made.connect()
        peer.send("POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc")
        try made.bench.run { peer.end != nil }
        #expect(peer.text == answer(408, "", connection: "close"))
        #expect(made.uploads[0].error == .timedOut && made.uploads[0].endCount == 1)
    }

    /// The time counts from piece to piece, not from the head.
    @Test func aPeerThatGoesOnHasAllTheTime() throws {
        let body = String(repeating: "a", count: 200)
        try withATimeThisMachineKeeps(from: .milliseconds(300)) { timeout in
            let made = try RoutedBench { $0.bodyTimeout = timeout }
            let peer = try made.connect()
            peer.send("POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: \(body.utf8.count)\r\n\r\n")
            for _ in 1..<body.utf8.count {
                peer.send("a")
                try made.bench.run(for: timeout / 100)
            }
            peer.send("a")
            try made.bench.run { !peer.text.isEmpty }
            return peer.text == answer(body)
        }
    }

    // MARK: Ends

    @Test(arguments: [false, true])
    func tellsThatThePeerHasGone(isReset: Bool) throws {
        let made = try RoutedBench(.tcp)
        let peer = try made.connect()
        peer.send(chunkedPost("/upload", ["abc", "def"]).replacing("0\r\n\r\n", with: ""))
        try made.bench.run { made.uploads.first?.text == "abcdef" }
        if isReset { peer.reset() } else { peer.close() }
        try made.bench.run { made.uploads[0].endCount > 0 }
        #expect(made.uploads[0].error == .connectionLost && made.uploads[0].endCount == 1)
        #expect(!made.uploads[0].responder.isOpen && made.disconnectCount == 1)
    }

    @Test(arguments: ["begin", "piece", "end"])
    func aHandlerMayCloseTheServer(moment: String) throws {
        let made = try RoutedBench()
        func close(_ now: String) { if now == moment { made.server!.close() } }
        made.onUpload = { _ in close("begin") }
        made.onPiece = { _ in close("piece") }
        made.onComplete = { upload in
            close("end")
            upload.responder.respond(200, text: "nobody")
        }
        let peer = try made.connect()
        peer.send(post("/upload", "abc") + get("/get"))
        try made.bench.settle()
        try peer.waitForEnd()
        #expect(peer.text == "" && peer.end != nil)
        #expect(made.connectionCount == 0 && made.disconnectCount == 1)
        #expect(made.uploads[0].endCount == 1)
        #expect(made.uploads[0].error == (moment == "end" ? nil : .connectionLost))
    }

    /// A handler may look at the server's connections while it has a piece.
    @Test func drainsInTheMiddle() throws {
        let made = try RoutedBench()
        var drained = 0
        made.onPiece = { [unowned made] upload in
            if upload.pieces.count == 1 { made.server!.drain(within: patience) { drained += 1 } }
        }
        let idle = try made.connect()
        idle.send(get("/get"))
        let peer = try made.connect()
        peer.send("POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\n\r\nabc")
        try made.bench.settle()
        try idle.waitForEnd()
        #expect(idle.end == .orderly && peer.end == nil && drained == 0)
        peer.send("def")
        try made.bench.settle()
        #expect(peer.text == answer("abcdef", connection: "close"))
        peer.close()
        try made.bench.run { drained == 1 }
    }

    @Test func drainsNoLongerThanItsTime() throws {
        let made = try RoutedBench()
        let peer = try made.connect()
        peer.send("POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\n\r\nabc")
        try made.bench.settle()
        var drained = 0
        made.server!.drain(within: .milliseconds(20)) { drained += 1 }
        try made.bench.run { drained == 1 }
        try made.bench.settle()
        try peer.waitForEnd()
        #expect(made.uploads[0].error == .connectionLost && peer.end != nil)
    }

    // MARK: Back pressure

    @Test(arguments: [false, true])
    func nothingIsReadWhilePaused(isChunked: Bool) throws {
        let made = try RoutedBench(kernelBuffers: 4_096)
        made.onPiece = { $0.body.pause() }
        let piece = String(repeating: "p", count: 10_000)
        let total = 100 * piece.utf8.count
        let peer = try made.connect(kernelBuffers: 4_096)
        if isChunked {
            peer.send(chunkedPost("/upload", Array(repeating: piece, count: 100)) + get("/get"))
        } else {
            peer.send(post("/upload", String(repeating: piece, count: 100)) + get("/get"))
        }
        try made.bench.settle()
        let upload = try #require(made.uploads.first)
        var resumed = 0
        while !upload.isComplete {
            #expect(upload.body.isPaused && peer.text == "")
            // Bytes that left the peer and were not handed out are in the kernel's buffers and in the space of one
            // read.
            let held = peer.sentCount - upload.text.utf8.count
            #expect(held <= 60_000, "\(held) bytes held")
            let count = upload.pieces.count
            upload.body.resume()
            #expect(upload.pieces.count == count, "not inside the call")
            try made.bench.settle()
            #expect(upload.pieces.count <= count + 1)
            resumed += 1
            try #require(resumed < 10_000)
        }
        #expect(upload.text.utf8.count == total)
        try made.bench.settle()
        #expect(peer.text.hasSuffix(answer("got")))
    }

    @Test func aPausedBodyHasNoTimeLimit() throws {
        let made = try RoutedBench { $0.bodyTimeout = .milliseconds(10) }
        made.onUpload = { $0.body.pause() }
        let peer = try made.connect()
        peer.send(post("/upload", "abc"))
        try made.bench.settle()
        made.uploads[0].body.pause()
        try made.bench.run(for: .milliseconds(40))
        #expect(made.uploads[0].endCount == 0 && peer.end == nil)
        made.uploads[0].body.resume()
        try made.bench.settle()
        #expect(peer.text == answer("abc"))
    }

    @Test func aPeerThatIsResetWhilePausedIsNoticed() throws {
        let made = try RoutedBench(.tcp)
        made.onUpload = { $0.body.pause() }
        let peer = try made.connect()
        peer.send("POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc")
        try made.bench.run { !made.uploads.isEmpty }
        peer.reset()
        try made.bench.run { made.disconnectCount == 1 && made.uploads[0].endCount == 1 }
        #expect(made.uploads[0].error == .connectionLost && made.uploads[0].pieces.isEmpty)
    }
}
