import HTTP1
import TestSupport
import Testing

@Suite struct ChunkedDecoderTests {
    /// The outcome of a chunked body, in pieces or whole.
    struct Outcome: Equatable {
        var body: [UInt8] = []
        var trailers: [UInt8]?
        var consumed = 0
        var error: HTTPParseError?
    }

    /// Offers the pieces one after another, each behind what the decoder left unconsumed, and ending at a protected page.
    static func decode(_ pieces: [[UInt8]]) -> Outcome {
        var decoder = ChunkedDecoder()
        var outcome = Outcome()
        var waiting: [UInt8] = []
        for piece in pieces where !decoder.isComplete {
            waiting += piece
            do {
                let consumed = try GuardedBytes(waiting).withView { (bytes) throws(HTTPParseError) in
                    try decode(bytes, &decoder, &outcome)
                }
                outcome.consumed += consumed
                waiting.removeFirst(consumed)
            } catch {
                outcome.error = error
                break
            }
        }
        return outcome
    }

    /// Takes what there is to be had and returns how many bytes that consumed.
    private static func decode(
        _ bytes: ByteView, _ decoder: inout ChunkedDecoder, _ outcome: inout Outcome
    ) throws(HTTPParseError) -> Int {
        var offset = 0
        while true {
            let rest = bytes.dropFirst(offset)
            switch try decoder.decode(rest) {
            case .data(let range):
                #expect(!range.isEmpty)
                outcome.body += rest[range].array
                offset += range.upperBound
            case .partial(let consumed):
                return offset + consumed
            case .end(let range):
                outcome.trailers = rest[range].array
                return offset + range.upperBound
            }
        }
    }

    /// The same in one growing buffer, gathered behind a head.
    static func gather(_ pieces: [[UInt8]]) -> Outcome {
        var outcome = Outcome()
        var buffer = Buffer()
        buffer.append("head")
        var received = 0
        do {
            var reader = try BodyReader(.chunked, limit: .max)
            for piece in pieces where !reader.isComplete {
                piece.withByteView { buffer.append($0) }
                received += piece.count
                let extent = try reader.gather(in: &buffer, behind: 4)
                let end = extent?.body.upperBound ?? 4 + Int(reader.count)
                #expect(extent?.body.lowerBound ?? 4 == 4 && reader.count == UInt64(end - 4))
                #expect((extent != nil) == reader.isComplete)
                if let extent { outcome.trailers = buffer.readable[end..<extent.end].array }
                outcome.consumed = received - (buffer.count - (extent?.end ?? end))
                outcome.body = buffer.readable[4..<end].array
                #expect(buffer.readable.starts(with: "head"))
            }
        } catch BodyFault.malformed(let error) {
            // The bytes gathered before the fault have no meaning any more.
            outcome = Outcome(body: outcome.body, consumed: outcome.consumed, error: error)
        } catch {
            Issue.record("a limit that there is not was passed")
        }
        return outcome
    }

    /// Whole, byte by byte, and in two pieces at every split.
    static func everySplit(_ bytes: [UInt8]) -> [[[UInt8]]] {
        [[bytes], bytes.map { [$0] }] + bytes.indices.map { [Array(bytes[..<$0]), Array(bytes[$0...])] }
    }

    static let good: [(chunked: String, body: String, trailers: String)] = [
        ("0\r\n\r\n", "", "\r\n"),
        ("0000\r\n\r\n", "", "\r\n"),
        ("5\r\nhello\r\n0\r\n\r\n", "hello", "\r\n"),
        ("5\r\nhello\r\n7\r\n, world\r\n0\r\n\r\n", "hello, world", "\r\n"),
        ("0b\r\n0\r\n\r\n1\r\nxyz\r\n0\r\n\r\n", "0\r\n\r\n1\r\nxyz", "\r\n"),
        ("A\r\n0123456789\r\na\r\n0123456789\r\n0\r\n\r\n", "01234567890123456789", "\r\n"),
        ("1;a\r\nx\r\n0;b=c\r\n\r\n", "x", "\r\n"),
        ("1 \t;a=\"b;\tc\" \u{E9}\r\nx\r\n0\t;\r\n\r\n", "x", "\r\n"),
        ("00000000000000000000000001\r\nx\r\n0\r\n\r\n", "x", "\r\n"),
        ("1\r\nx\r\n0\r\nA: b\r\nC:d\r\n\r\n", "x", "A: b\r\nC:d\r\n\r\n"),
        ("0\r\nContent-Length: 5\r\n\r\n", "", "Content-Length: 5\r\n\r\n"),
    ]

    @Test(arguments: good)
    func decodesAtEverySplit(chunked: String, body: String, trailers: String) {
        let bytes = Array(chunked.utf8)
        let expected = Outcome(body: Array(body.utf8), trailers: Array(trailers.utf8), consumed: bytes.count)
        for following in ["", "GET / HTTP/1.1\r\n"] {
            for pieces in Self.everySplit(bytes + Array(following.utf8)) {
                #expect(Self.decode(pieces) == expected)
                #expect(Self.gather(pieces) == expected)
            }
        }
    }

    /// The beginning of a chunked body, its first byte that proves a fault, and the fault.
    static let bad: [BadHead] = [
        BadHead("", "\r\n", .malformedChunkSize),
        BadHead("", ";x\r\n", .malformedChunkSize),
        BadHead("", " 5\r\n", .malformedChunkSize),
        BadHead("", "-1\r\n", .malformedChunkSize),
        BadHead("", "+1\r\n", .malformedChunkSize),
        BadHead("", "g\r\n", .malformedChunkSize),
        BadHead("0", "x5\r\n", .malformedChunkSize),
        BadHead("5", "\nhello", .bareLineFeed),
        BadHead("5\r", "hello", .bareCarriageReturn),
        BadHead("5\r", "\r\n", .bareCarriageReturn),
        BadHead("5 ", "\r\nhello", .malformedChunkSize),
        BadHead("5 ", "5\r\n", .malformedChunkSize),
        BadHead("5 ", "\n", .bareLineFeed),
        BadHead("5;a", "\nhello", .bareLineFeed),
        BadHead("5;a\r", "b", .bareCarriageReturn),
        BadHead("5;a", "\0", .malformedChunkExtension),
        BadHead("5;a", "\u{7F}", .malformedChunkExtension),
        BadHead("FFFFFFFFFFFFFFFF", "0\r\n", .chunkSizeTooLarge),
        BadHead("1000000000000000", "0\r\n", .chunkSizeTooLarge),
        BadHead("5\r\nhello", "x", .malformedChunkEnd),
        BadHead("5\r\nhello", "\n", .malformedChunkEnd),
        BadHead("5\r\nhello\r", "\r", .malformedChunkEnd),
        BadHead("5\r\nhello\r\n", "\r\n", .malformedChunkSize),
        BadHead("0\r\n", "\n", .bareLineFeed),
        BadHead("0\r\n\r", "x", .bareCarriageReturn),
        BadHead("0\r\n", " a: b", .foldedField),
        BadHead("0\r\nA", " : b", .malformedFieldName),
        BadHead("0\r\nA: b", "\0", .malformedFieldValue),
        BadHead("0\r\nA: b", "\n", .bareLineFeed),
        BadHead("0\r\nA: b\r\n", "\tc", .foldedField),
    ]

    @Test(arguments: bad)
    func refusesAtTheFirstByteThatProvesTheFault(input: BadHead) {
        for decode in [Self.decode, Self.gather] {
            for pieces in Self.everySplit(input.accepted) { #expect(decode(pieces).error == nil) }
            for tail in [Array(input.fatal.prefix(1)), input.fatal + Array("\r\n\r\n".utf8)] {
                for pieces in Self.everySplit(input.accepted + tail) {
                    #expect(decode(pieces).error == input.error)
                }
            }
        }
    }

    @Test func limitsTheSizeLine() {
        // Digits, extension and CRLF count alike.
        for start in ["5;", "5", "00000000000;a=b"] {
            let filler: UInt8 = start == "5" ? 0x20 : 0x78
            let fill = HTTPLimits.chunkLineBytes - start.utf8.count - 2 - (start == "5" ? 1 : 0)
            var line = Array(start.utf8) + [UInt8](repeating: filler, count: fill)
            if start == "5" { line.append(0x3B) }
            #expect(Self.decode([line + Array("\r\n".utf8)]).error == nil)
            #expect(Self.decode([line + Array("x\r\n".utf8)]).error == .chunkLineTooLong)
            #expect(Self.decode((line + Array("xx".utf8)).map { [$0] }).error == nil)
            #expect(Self.decode((line + Array("xxx".utf8)).map { [$0] }).error == .chunkLineTooLong)
        }
        let zeros = [UInt8](repeating: 0x30, count: HTTPLimits.chunkLineBytes)
        #expect(Self.decode([zeros]).error == nil)
        #expect(Self.decode([zeros + [0x30]]).error == .chunkLineTooLong)
    }

    @Test func limitsTheTrailers() {
        let last = Array("0\r\n".utf8)
        let many = (0..<HTTPLimits.fields).flatMap { Array("T\($0): x\r\n".utf8) }
        #expect(Self.decode([last + many + Array("\r\n".utf8)]).trailers?.count == many.count + 2)
        #expect(Self.decode([last + many]).error == nil)
        #expect(Self.decode([last + many + Array("T".utf8)]).error == .tooManyFields)

        let long = Array("T: ".utf8) + [UInt8](repeating: 0x78, count: HTTPLimits.trailerBytes - 7)
        #expect(Self.decode([last + long + Array("\r\n\r\n".utf8)]).trailers?.count == HTTPLimits.trailerBytes)
        #expect(Self.decode([last + long + Array("x\r\n\r".utf8)]).error == .trailersTooLarge)
        #expect(Self.decode([last + long + Array("x\r\n".utf8)]).error == nil)
    }

    /// Sizes near the largest number are counted down, not added up.
    @Test func takesTheLargestChunk() throws {
        var decoder = ChunkedDecoder()
        #expect(try decoder.decode("FFFFFFFFFFFFFFFF\r\n") == .partial(consumed: 18))
        for _ in 0..<3 { #expect(try decoder.decode("data") == .data(0..<4)) }
        #expect(try decoder.decode("") == .partial(consumed: 0))
    }

    /// Random bodies, chunked by us with random extensions, fed in random pieces.
    @Test(arguments: 1...40 as ClosedRange<UInt64>)
    func decodesWhatIsEncoded(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var buffer = Buffer()
        var body: [UInt8] = []
        for _ in 0..<Int.random(in: 0...12, using: &random) {
            let count = Int.random(in: 0...300, using: &random)
            let chunk = (0..<count).map { _ in UInt8(truncatingIfNeeded: random.next()) }
            chunk.withByteView { buffer.appendChunk($0) }
            body += chunk
        }
        let hasTrailers = random.chance(1, in: 2)
        if hasTrailers {
            buffer.appendLastChunk { $0.appendField("T", "v") }
        } else {
            buffer.appendLastChunk()
        }
        let bytes = buffer.readable.array
        let expected = Outcome(
            body: body, trailers: Array((hasTrailers ? "T: v\r\n\r\n" : "\r\n").utf8), consumed: bytes.count)

        for _ in 0..<50 {
            var pieces: [[UInt8]] = []
            var rest = (bytes + Array("next".utf8))[...]
            let longest = Int.random(in: 1...200, using: &random)
            while !rest.isEmpty {
                let piece = rest.prefix(Int.random(in: 0...longest, using: &random))
                pieces.append(Array(piece))
                rest = rest.dropFirst(piece.count)
            }
            #expect(Self.decode(pieces) == expected, "seed \(seed)")
            #expect(Self.gather(pieces) == expected, "seed \(seed)")
        }
    }
}
