import ReactorHTTP
import Testing

@Suite struct ResponseStreamTests {
    /// A server whose `GET /stream` opens a stream that the test writes to.
    private final class Streaming {
        let made: RoutedBench
        private(set) var streams: [HTTPResponseStream] = []
        private(set) var losses = 0
        var onOpen: (HTTPResponseStream) -> Void = { _ in }

        init(
            _ transport: Bench.Transport = .unix, kernelBuffers: Int32? = nil, length: UInt64? = nil,
            unsentLimit: Int = 65_536, status: Int = 200, limits: (inout HTTPServer.Limits) -> Void = { _ in }
        ) throws {
            made = try RoutedBench(transport, kernelBuffers: kernelBuffers, limits: limits)
            made.router.on("GET", "/stream") { [unowned self] request, responder in
                let stream = responder.stream(status, contentLength: length, unsentLimit: unsentLimit) {
                    $0.appendField("X", "y")
                }
                #expect(!responder.isOpen)
                responder.respond(200, body: "never")
                stream.onLoss = { [unowned self] in losses += 1 }
                streams.append(stream)
                onOpen(stream)
            }
        }

        var bench: Bench { made.bench }
    }

    private let chunked = "HTTP/1.1 200 OK\r\nX: y\r\nTransfer-Encoding: chunked\r\n\r\n"

    // MARK: What is sent

    @Test(arguments: Bench.Transport.allCases)
    func sendsEachPieceAtOnce(transport: Bench.Transport) throws {
        let made = try Streaming(transport)
        let peer = try made.made.connect()
        peer.send(get("/stream") + get("/get"))
        func expect(_ text: String) throws {
            try made.bench.run { peer.text.utf8.count >= text.utf8.count }
            #expect(peer.take() == text)
        }
        try expect(chunked)
        let stream = made.streams[0]
        #expect(stream.write("abc") == 3)
        try expect(chunk("abc"))
        #expect(stream.write("") == 0)
        #expect(stream.write("0123456789abcdef") == 16)
        try expect(chunk("0123456789abcdef"))
        #expect(stream.isOpen && stream.unsentCount == 0)
        stream.finish { $0.appendField("T", "1") }
        #expect(!stream.isOpen)
        try expect("0\r\nT: 1\r\n\r\n" + answer("got"))
        #expect(made.losses == 0)
    }

    /// Written and finished inside the handler, all goes out as one.
    @Test func writesInsideTheHandler() throws {
        let made = try Streaming()
        made.onOpen = { stream in
            _ = stream.write("ab")
            _ = stream.write("c")
            stream.finish()
        }
        let expected = chunked + chunk("ab") + chunk("c") + "0\r\n\r\n"
        #expect(try made.made.exchange(get("/stream") + get("/stream")) == expected + expected)
    }

    @Test func framesByLength() throws {
        let made = try Streaming(length: 5)
        made.onOpen = { stream in
            _ = stream.write("ab")
            _ = stream.write("cde")
            stream.finish()
        }
        let head = "HTTP/1.1 200 OK\r\nX: y\r\nContent-Length: 5\r\n\r\n"
        #expect(try made.made.exchange(get("/stream") + get("/get")) == head + "abcde" + answer("got"))
        #expect(
            try made.made.exchange("HEAD /stream HTTP/1.1\r\nHost: a\r\n\r\n" + get("/get")) == head + answer("got"))
    }

    @Test func knowsWhatHasNoBody() throws {
        let made = try Streaming()
        made.onOpen = { stream in
            #expect(stream.write("abc") == 3)
            stream.finish()
        }
        #expect(
            try made.made.exchange("HEAD /stream HTTP/1.1\r\nHost: a\r\n\r\n" + get("/get")) == chunked + answer("got"))
        for status in [204, 304] {
            let none = try Streaming(status: status)
            none.onOpen = made.onOpen
            let text = try none.made.exchange(get("/stream") + get("/get"))
            #expect(text.hasPrefix("HTTP/1.1 \(status) ") && text.hasSuffix("X: y\r\n\r\n" + answer("got")))
        }
    }

    /// A peer of HTTP/1.0 may not know chunks: the connection's end is the body's.
    @Test(arguments: [false, true])
    func framesForAPeerOfHTTP10(keepAlive: Bool) throws {
        let made = try Streaming()
        let peer = try made.made.connect()
        peer.send("GET /stream HTTP/1.0\r\n\(keepAlive ? "Connection: keep-alive\r\n" : "")\r\n")
        try made.bench.settle()
        _ = made.streams[0].write("ab")
        _ = made.streams[0].write("c")
        try made.bench.settle()
        #expect(peer.end == nil)
        made.streams[0].finish()
        try made.bench.settle()
        #expect(peer.text == "HTTP/1.1 200 OK\r\nX: y\r\nConnection: close\r\n\r\nabc")
        try peer.waitForEnd()
        #expect(peer.end == .orderly)
    }

    @Test func everySplitReachesTheClient() throws {
        let made = try Streaming()
        let client = HTTPClient(loop: made.bench.loop, address: made.made.address, host: "a")
        defer { client.close() }
        let bytes = Array("0123456789abcdef\r\n0\r\n\r\n".utf8)
        var received: [String] = []
        for first in 0...bytes.count {
            for second in first...bytes.count {
                let count = received.count
                client.send("GET", "/stream") { result in
                    guard case .success(let response) = result else { return }
                    received.append(response.body.string)
                }
                let streams = made.streams.count
                try made.bench.run { made.streams.count > streams }
                for range in [0..<first, first..<second, second..<bytes.count] {
                    let taken = bytes.withByteView { made.streams[streams].write($0[range]) }
                    #expect(taken == range.count)
                    if first % 2 == 0 { try made.bench.settle() }
                }
                made.streams[streams].finish()
                try made.bench.run { received.count > count }
                #expect(received.last == String(decoding: bytes, as: UTF8.self))
            }
        }
    }

    // MARK: Back pressure

    @Test(arguments: [false, true])
    func keepsNoMoreThanItsLimit(insideHandler: Bool) throws {
        let made = try Streaming(unsentLimit: 10_000)
        let all = [UInt8](repeating: 0x61, count: 4 << 20)
        var sent = 0
        var writables = 0
        func write(_ stream: HTTPResponseStream) {
            sent += all.withByteView { stream.write($0.dropFirst(sent)) }
            #expect(stream.unsentCount <= 10_000 + 32)
            if sent == all.count { stream.finish() }
        }
        made.onOpen = { stream in
            stream.onWritable = { [unowned stream] in
                writables += 1
                write(stream)
            }
            if insideHandler { write(stream) }
        }
        let peer = try made.made.connect()
        peer.isReading = false
        peer.send(get("/stream"))
        try made.bench.run { !made.streams.isEmpty }
        if !insideHandler { write(made.streams[0]) }
        try made.bench.run(for: .milliseconds(5))
        #expect(sent < 500_000, "what the kernel's buffers and the limit hold")
        peer.isReading = true
        try made.bench.run { peer.received.suffix(5).elementsEqual("0\r\n\r\n".utf8) }
        #expect(sent == all.count && writables > 5)
        #expect(peer.received.filter { $0 == 0x61 }.count >= all.count)
    }

    @Test func aPeerThatDoesNotReadIsGivenUp() throws {
        let made = try Streaming(kernelBuffers: 4_096) { $0.writeTimeout = .milliseconds(30) }
        let peer = try made.made.connect(kernelBuffers: 4_096)
        peer.isReading = false
        peer.send(get("/stream"))
        try made.bench.settle()
        let all = [UInt8](repeating: 0x61, count: 1 << 20)
        _ = all.withByteView { made.streams[0].write($0) }
        try made.bench.run { made.losses == 1 }
        #expect(!made.streams[0].isOpen && made.streams[0].write("x") == 0)
        made.streams[0].finish()
    }

    // MARK: Ends

    @Test(arguments: [false, true])
    func tellsThatThePeerHasGone(isReset: Bool) throws {
        let made = try Streaming(.tcp)
        let peer = try made.made.connect()
        peer.send(get("/stream"))
        try made.bench.run { !made.streams.isEmpty }
        if isReset { peer.reset() } else { peer.close() }
        try made.bench.run { made.losses == 1 }
        #expect(!made.streams[0].isOpen && made.streams[0].write("x") == 0)
        made.streams[0].finish()
        try made.bench.settle()
        #expect(made.losses == 1 && made.made.disconnectCount == 1)
    }

    @Test func aClosedServerEndsIt() throws {
        let made = try Streaming()
        let peer = try made.made.connect()
        peer.send(get("/stream"))
        try made.bench.settle()
        made.made.server!.close()
        #expect(!made.streams[0].isOpen && made.losses == 0, "told from the loop, not inside the call")
        try made.bench.settle()
        try peer.waitForEnd()
        #expect(made.losses == 1 && peer.end != nil)
    }

    @Test func isCutShortByAborting() throws {
        let made = try Streaming()
        let peer = try made.made.connect()
        peer.send(get("/stream"))
        try made.bench.settle()
        _ = made.streams[0].write("abc")
        made.streams[0].abort()
        made.streams[0].abort()
        try made.bench.settle()
        try peer.waitForEnd()
        #expect(peer.text == chunked + chunk("abc") && peer.end == .orderly)
        #expect(made.losses == 0 && made.made.disconnectCount == 1)
    }

    @Test func isWaitedForByADrain() throws {
        let made = try Streaming()
        let peer = try made.made.connect()
        peer.send(get("/stream"))
        try made.bench.settle()
        var drained = 0
        made.made.server!.drain { drained += 1 }
        _ = made.streams[0].write("abc")
        try made.bench.settle()
        #expect(peer.end == nil && drained == 0)
        made.streams[0].finish()
        try made.bench.settle()
        try peer.waitForEnd()
        #expect(peer.text == chunked + chunk("abc") + "0\r\n\r\n" && peer.end == .orderly)
        peer.close()
        try made.bench.run { drained == 1 }
    }

    @Test func aStreamOfNobodyIsClosed() throws {
        let made = try RoutedBench()
        var held: HTTPResponder?
        made.router.on("GET", "/held") { _, responder in held = responder }
        let peer = try made.connect()
        peer.send(get("/held"))
        try made.bench.settle()
        peer.close()
        try made.bench.run { made.disconnectCount == 1 }
        let stream = try #require(held).stream(200)
        #expect(!stream.isOpen && stream.write("x") == 0 && stream.unsentCount == 0)
        stream.finish()
    }

    // MARK: Both ways

    /// An echo with back pressure in both directions: what the peer does not read stops the reading of what it sends.
    @Test(arguments: Bench.Transport.allCases, [false, true])
    func echoesWhatItGets(transport: Bench.Transport, isChunked: Bool) throws {
        let made = try RoutedBench(transport, kernelBuffers: 8_192)
        made.router.stream("POST", "/echo") { _, body, responder in
            let stream = responder.stream(200, unsentLimit: 20_000)
            var rest: [UInt8] = []
            var isOver = false
            func goOn() {
                let taken = rest.withByteView { stream.write($0) }
                rest.removeFirst(taken)
                guard rest.isEmpty else { return body.pause() }
                if isOver { stream.finish() } else { body.resume() }
            }
            stream.onWritable = goOn
            body.onPiece = { piece in
                rest += piece.array
                #expect(rest.count <= 41_000)
                goOn()
            }
            body.onEnd = { outcome in
                guard case .success = outcome else { return }
                isOver = true
                if rest.isEmpty { stream.finish() }
            }
        }
        let piece = String(repeating: "0123456789", count: 3_000)
        let peer = try made.connect(kernelBuffers: 8_192)
        peer.isReading = false
        if isChunked {
            peer.send(chunkedPost("/echo", Array(repeating: piece, count: 40)) + get("/get"))
        } else {
            peer.send(post("/echo", String(repeating: piece, count: 40)) + get("/get"))
        }
        try made.bench.run(for: .milliseconds(5))
        #expect(!peer.hasSentAll, "the peer is held up while it does not read")
        peer.isReading = true
        let last = Array(answer("got").utf8)
        try made.bench.run { peer.received.suffix(last.count).elementsEqual(last) }
        #expect(peer.received.count > 40 * piece.utf8.count)
        #expect(made.connectionCount == 1)
        // The echo as a client reads it.
        let client = HTTPClient(loop: made.bench.loop, address: made.address, host: "a")
        defer { client.close() }
        var echoed: String?
        piece.withByteView { body in
            client.send("POST", "/echo", body: body) { result in
                if case .success(let response) = result { echoed = response.body.string }
            }
        }
        try made.bench.run { echoed != nil }
        #expect(echoed == piece)
    }

    @Test func anAnswerThatEndsBeforeTheBodyEndsTheConnection() throws {
        let made = try RoutedBench()
        made.onUpload = { upload in
            let stream = upload.responder.stream(200)
            _ = stream.write("no")
            stream.finish()
        }
        let peer = try made.connect()
        peer.send("POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc")
        try made.bench.settle()
        #expect(peer.text.hasSuffix("\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nno\r\n0\r\n\r\n"))
        try peer.waitForEnd()
        #expect(peer.end == .orderly && made.uploads[0].error == .answered)
    }
}
