import ReactorHTTP
import Testing

@Suite struct BodyStreamTests {
    private func head(_ target: String = "/", _ fields: String = "") -> String {
        "POST \(target) HTTP/1.1\r\nHost: a\r\n\(fields)Transfer-Encoding: chunked\r\n\r\n"
    }

    // MARK: What is sent

    @Test(arguments: Bench.Transport.allCases)
    func sendsEachPieceAtOnce(transport: Bench.Transport) throws {
        let made = try ClientBench(transport)
        let stream = try made.openStream("/x")
        func expect(_ text: String) throws {
            try made.bench.run("the bytes") { made.peers.last.map { $0.text.utf8.count >= text.utf8.count } ?? false }
            #expect(made.peer.take() == text)
        }
        try expect(head("/x"))
        #expect(stream.write("abc") == 3)
        try expect(chunk("abc"))
        #expect(stream.write("") == 0)
        #expect(stream.write("0123456789abcdef") == 16)
        try expect(chunk("0123456789abcdef"))
        #expect(stream.unsentCount == 0 && stream.isOpen)
        stream.finish { $0.appendField("X", "1") }
        #expect(!stream.isOpen)
        try expect("0\r\nX: 1\r\n\r\n")
        made.peer.send(answer("done"))
        #expect(try made.nextOutcome() == .answer(200, "done"))
        try made.begin("/next")
        #expect(made.peers.count == 1, "the connection serves on")
    }

    @Test func writesFieldsAndAnEmptyBody() throws {
        let made = try ClientBench()
        made.client!.openStream("PUT", "/", fields: { $0.appendField("Trailer", "X") }, completion: { _ in }).finish()
        try made.bench.settle()
        #expect(
            made.peer.take() == "PUT / HTTP/1.1\r\nHost: a\r\nTrailer: X\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
        )
    }

    @Test func everySplitReachesTheServer() throws {
        let made = try ServerBench()
        let client = HTTPClient(loop: made.loop, address: made.address, host: "a")
        defer { client.close() }
        let text = "0123456789abcdef\r\n0\r\n\r\n"
        let bytes = Array(text.utf8)
        var answers = 0
        for first in 0...bytes.count {
            for second in first...bytes.count {
                let stream = client.openStream("POST", "/x") { result in
                    guard case .success(let response) = result, response.status == 200 else { return }
                    answers += 1
                }
                for range in [0..<first, first..<second, second..<bytes.count] {
                    let taken = bytes.withByteView { stream.write($0[range]) }
                    #expect(taken == range.count)
                    // With and without the pieces before it gone.
                    if first % 2 == 0 { try made.bench.settle() }
                }
                stream.finish { trailers in
                    trailers.appendField("A", "1")
                    trailers.appendField("B", "2")
                }
                let count = answers
                try made.bench.run("the answer") { answers > count }
                #expect(made.requests.last == "POST /x \(text) A=1 B=2")
            }
        }
        #expect(made.requests.count == (bytes.count + 1) * (bytes.count + 2) / 2)
    }

    // MARK: Turns

    @Test func waitsForItsTurnAndOthersForTheirs() throws {
        let made = try ClientBench()
        made.send("GET", "/first")
        let stream = try made.openStream("/stream", unsentLimit: 8)
        made.send("GET", "/last")
        var calls = 0
        stream.onWritable = { calls += 1 }
        #expect(stream.write("0123456789") == 8, "what waits has the same limit")
        #expect(stream.write("x") == 0)
        try made.bench.settle()
        #expect(made.peer.take() == get("/first"))
        #expect(calls == 0)

        made.peer.send(answer(""))
        try made.bench.settle()
        #expect(made.peer.take() == head("/stream") + chunk("01234567"))
        #expect(calls == 1)
        #expect(stream.write("89") == 2)
        stream.finish()
        try made.bench.settle()
        #expect(made.peer.take() == chunk("89") + "0\r\n\r\n")

        made.peer.send(answer("s"))
        try made.bench.settle()
        #expect(made.peer.take() == get("/last"))
        #expect(try made.nextOutcome() == .answer(200, ""))
        #expect(try made.nextOutcome() == .answer(200, "s"))
    }

    @Test func oneFinishedBeforeItsTurnIsSentWhole() throws {
        let made = try ClientBench()
        made.send("GET", "/first")
        let stream = try made.openStream()
        #expect(stream.write("abc") == 3)
        stream.finish()
        try made.bench.settle()
        #expect(made.peer.take() == get("/first"))
        made.peer.send(answer(""))
        try made.bench.settle()
        #expect(made.peer.take() == head() + chunk("abc") + "0\r\n\r\n")
    }

    // MARK: Back-pressure

    @Test(arguments: [1, 4_096, 65_536])
    func keepsNoMoreThanItsLimit(limit: Int) throws {
        let made = try ClientBench(kernelBuffers: 4_096)
        let stream = try made.openStream(unsentLimit: limit)
        try made.bench.run("the head") { made.peers.last.map { !$0.received.isEmpty } ?? false }
        let peer = made.peer
        _ = peer.take()
        peer.isReading = false

        // More than the kernel's buffers take; byte by byte, in chunks of six bytes, little is enough.
        let period = (0..<2_003).map { UInt8(0x61 + $0 % 23) }
        let bytes = [UInt8](repeatElement(period, count: limit == 1 ? 1 : 300).joined())
        let count = bytes.count
        var offset = 0
        var isInside = false
        func push() {
            isInside = true
            defer { isInside = false }
            while offset < count {
                let given = min(count - offset, 100_000)
                let taken = bytes.withByteView { stream.write($0[offset..<offset + given]) }
                offset += taken
                #expect(stream.unsentCount <= limit + 32)
                if taken < given { return }
            }
            stream.finish()
        }
        stream.onWritable = {
            #expect(!isInside)
            push()
        }
        push()
        if limit > 1 {
            try made.bench.settle()
            #expect(offset < count, "the peer reads nothing")
            #expect(stream.write("x") == 0)
        }
        peer.isReading = true
        // Deframing is the peer's part: chunks of what sizes there were.
        try made.bench.run("the body") { peer.received.suffix(5).elementsEqual(Array("0\r\n\r\n".utf8)) }
        #expect(try body(of: peer.received) == bytes)
        peer.send(answer("all"))
        #expect(try made.nextOutcome() == .answer(200, "all"))
    }

    private func body(of chunked: [UInt8]) throws -> [UInt8] {
        var body: [UInt8] = []
        var index = 0
        while true {
            let end = try #require(chunked[index...].firstIndex(of: 0x0D))
            let size = try #require(Int(String(decoding: chunked[index..<end], as: UTF8.self), radix: 16))
            if size == 0 { return body }
            body += chunked[end + 2..<end + 2 + size]
            index = end + 2 + size + 2
        }
    }

    // MARK: Other ends

    @Test func anEarlyAnswerEndsIt() throws {
        let made = try ClientBench()
        let stream = try made.openStream()
        var calls = 0
        stream.onWritable = { calls += 1 }
        #expect(stream.write("abc") == 3)
        try made.bench.settle()
        made.peer.send("HTTP/1.1 100 Continue\r\n\r\n")
        try made.bench.settle()
        #expect(stream.isOpen, "an interim answer is none")
        made.peer.send(answer(413, "no"))
        #expect(try made.nextOutcome() == .answer(413, "no"))
        #expect(!stream.isOpen && stream.unsentCount == 0)
        #expect(stream.write("abc") == 0)
        stream.finish()
        try made.bench.settle()
        try made.peer.waitForEnd()
        #expect(made.peer.end == .orderly, "the connection is out of step")
        try made.begin("/next")
        #expect(made.peers.count == 2 && calls == 0)
    }

    @Test func anAnswerBeforeTheEndHasLeftEndsIt() throws {
        let made = try ClientBench(kernelBuffers: 4_096)
        let stream = try made.openStream(unsentLimit: 1 << 20)
        try made.bench.settle()
        made.peer.isReading = false
        let bytes = [UInt8](repeating: 0x61, count: 1 << 20)
        #expect(bytes.withByteView { stream.write($0) } == bytes.count)
        stream.finish()
        #expect(stream.unsentCount > 0)
        made.peer.send(answer(413, ""))
        #expect(try made.nextOutcome() == .answer(413, ""))
        #expect(stream.unsentCount == 0)
        try made.begin("/next")
        #expect(made.peers.count == 2)
    }

    @Test(arguments: Bench.Transport.allCases, [false, true])
    func aLostConnectionEndsIt(transport: Bench.Transport, whileBlocked: Bool) throws {
        let made = try ClientBench(transport, kernelBuffers: 4_096)
        let stream = try made.openStream(unsentLimit: 65_536)
        try made.bench.run("the head") { made.peers.last.map { !$0.received.isEmpty } ?? false }
        var calls = 0
        stream.onWritable = { calls += 1 }
        if whileBlocked {
            made.peer.isReading = false
            let bytes = [UInt8](repeating: 0x61, count: 8 << 20)
            #expect(bytes.withByteView { stream.write($0) } < bytes.count)
        }
        made.peer.close()
        guard case .failure(.connectionLost) = try made.nextOutcome() else {
            Issue.record("not lost")
            return
        }
        #expect(!stream.isOpen)
        #expect(stream.write("abc") == 0)
        stream.finish()
        try made.bench.settle()
        #expect(made.outcomes.isEmpty && calls == 0)
        try made.begin("/next")
        #expect(made.peers.count == 2)
    }

    @Test func whatNothingWasSentOfGoesOverANewConnection() throws {
        let made = try ClientBench()
        try made.begin("/first")
        made.peer.send(answer(""))
        #expect(try made.nextOutcome() == .answer(200, ""))
        made.peer.close()
        // The dead connection is not noticed before it is written to.
        let stream = try made.openStream()
        #expect(stream.write("abc") == 3)
        stream.finish()
        try made.bench.settle()
        #expect(made.peers.count == 2)
        #expect(made.peer.take() == head() + chunk("abc") + "0\r\n\r\n")
        made.peer.send(answer("new"))
        #expect(try made.nextOutcome() == .answer(200, "new"))
    }

    @Test func nobodyThereEndsIt() throws {
        let made = try ClientBench(.tcp)
        made.stopListening()
        let stream = try made.openStream()
        #expect(stream.write("abc") == 3)
        #expect(try made.nextOutcome() == .failure(.cannotConnect(.connectionRefused)))
        #expect(!stream.isOpen && stream.write("abc") == 0)
    }

    @Test(arguments: [false, true], [false, true])
    func closingTheClientEndsIt(isWaiting: Bool, byLettingGo: Bool) throws {
        let made = try ClientBench()
        if isWaiting { made.send("GET", "/first") }
        let stream = try made.openStream()
        #expect(stream.write("abc") == 3)
        try made.bench.settle()
        if byLettingGo { made.dropClient() } else { made.client!.close() }
        #expect(!stream.isOpen && stream.unsentCount == 0)
        #expect(stream.write("abc") == 0)
        stream.finish()
        #expect(made.outcomes.isEmpty, "never inside the call")
        if isWaiting { #expect(try made.nextOutcome() == .failure(.closed)) }
        #expect(try made.nextOutcome() == .failure(.closed))
        try made.bench.settle()
        #expect(made.outcomes.isEmpty)
    }

    @Test func aClosedClientOpensNone() throws {
        let made = try ClientBench()
        made.client!.close()
        let stream = try made.openStream()
        #expect(!stream.isOpen && stream.write("abc") == 0)
        #expect(try made.nextOutcome() == .failure(.closed))
    }
}
