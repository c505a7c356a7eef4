import Bytes
import HTTP1
import TestSupport
import Testing

/// Bodies of every framing, handed out and gathered, in whatever pieces they come.
@Suite struct BodyReaderTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let framing: BodyFraming
        let bytes: String
        let body: String
        var trailers = ""
        /// True if the body ends only with the connection.
        var isOpen = false
        var testDescription: String { "\(framing) \(bytes)" }
    }

    static let cases = [
        Case(framing: .none, bytes: "", body: ""),
        Case(framing: .length(0), bytes: "", body: ""),
        Case(framing: .length(6), bytes: "abcdef", body: "abcdef"),
        Case(framing: .chunked, bytes: "0\r\n\r\n", body: "", trailers: "\r\n"),
        Case(framing: .chunked, bytes: "3\r\nabc\r\n3\r\ndef\r\n0\r\n\r\n", body: "abcdef", trailers: "\r\n"),
        Case(framing: .chunked, bytes: "6\r\nabcdef\r\n0\r\nT: 1\r\n\r\n", body: "abcdef", trailers: "T: 1\r\n\r\n"),
        Case(framing: .untilClose, bytes: "abcdef", body: "abcdef", isOpen: true),
    ]

    private static let next = "next"

    /// Handed out piece by piece; what is behind the body stays.
    @Test(arguments: cases)
    func handsOutAtEverySplit(_ one: Case) throws {
        let bytes = Array((one.bytes + (one.isOpen ? "" : Self.next)).utf8)
        for pieces in ChunkedDecoderTests.everySplit(bytes) + [[]] {
            var reader = try BodyReader(one.framing, limit: 6)
            var body: [UInt8] = []
            var trailers: [UInt8]?
            var waiting: [UInt8] = []
            for piece in pieces {
                waiting += piece
                while trailers == nil {
                    let step = try GuardedBytes(waiting).withView { (view) throws(BodyFault) in
                        try reader.next(in: view)
                    }
                    #expect(reader.count == UInt64(body.count) + (step.pieceCount ?? 0))
                    switch step {
                    case .piece(let range):
                        #expect(!range.isEmpty)
                        body += waiting[range]
                        waiting.removeFirst(range.upperBound)
                        continue
                    case .needsMore(let consumed): waiting.removeFirst(consumed)
                    case .end(let range):
                        trailers = Array(waiting[range])
                        waiting.removeFirst(range.upperBound)
                    }
                    break
                }
            }
            guard !pieces.isEmpty else { continue }
            #expect(body == Array(one.body.utf8))
            #expect(trailers == (one.isOpen ? nil : Array(one.trailers.utf8)))
            #expect(reader.isComplete == !one.isOpen)
            #expect(one.isOpen || waiting == Array(Self.next.utf8))
        }
    }

    /// Gathered behind a head, in the buffer that they arrive in.
    @Test(arguments: cases)
    func gathersAtEverySplit(_ one: Case) throws {
        let bytes = Array((one.bytes + (one.isOpen ? "" : Self.next)).utf8)
        for pieces in ChunkedDecoderTests.everySplit(bytes) {
            var reader = try BodyReader(one.framing, limit: 6)
            var buffer = Buffer()
            buffer.append("head")
            var extent: BodyExtent?
            var received = 0
            for piece in pieces {
                piece.withByteView { buffer.append($0) }
                received += piece.count
                if extent == nil { extent = try reader.gather(in: &buffer, behind: 4) }
                let missing: UInt64 = if case .length(let length) = one.framing { length } else { 0 }
                #expect(reader.missing(in: buffer, behind: 4) == missing - min(missing, UInt64(received)))
            }
            if one.isOpen {
                #expect(extent == nil)
                extent = reader.extentAtEndOfStream(in: buffer, behind: 4)
            } else {
                #expect(reader.extentAtEndOfStream(in: buffer, behind: 4) == nil)
            }
            let found = try #require(extent)
            #expect(buffer.readable[found.body].string == one.body)
            #expect(buffer.readable[found.body.upperBound..<found.end].string == one.trailers)
            #expect(one.isOpen || buffer.readable.dropFirst(found.end).string == Self.next)
            var table = FieldTable()
            let fields = found.trailers(in: buffer.readable, &table)
            #expect(Field.all(in: fields) == (one.trailers.count > 2 ? [Field("T", "1")] : []))
        }
    }

    /// One byte more than the limit, announced or sent.
    @Test func keepsTheLimit() throws {
        #expect(throws: BodyFault.tooLarge) { try BodyReader(.length(6), limit: 5) }
        for (framing, bytes) in [(BodyFraming.chunked, "6\r\nabcdef\r\n0\r\n\r\n"), (.untilClose, "abcdef")] {
            for pieces in ChunkedDecoderTests.everySplit(Array(bytes.utf8)) {
                #expect(throws: BodyFault.tooLarge) {
                    var reader = try BodyReader(framing, limit: 5)
                    var buffer = Buffer()
                    for piece in pieces {
                        piece.withByteView { buffer.append($0) }
                        _ = try reader.gather(in: &buffer, behind: 0)
                    }
                }
                #expect(throws: BodyFault.tooLarge) {
                    var reader = try BodyReader(framing, limit: 5)
                    var waiting: [UInt8] = []
                    for piece in pieces {
                        waiting += piece
                        reading: while true {
                            switch try waiting.withByteView({ (view) throws(BodyFault) in try reader.next(in: view) }) {
                            case .piece(let range): waiting.removeFirst(range.upperBound)
                            case .needsMore(let consumed):
                                waiting.removeFirst(consumed)
                                break reading
                            case .end: break reading
                            }
                        }
                    }
                }
            }
        }
    }

    /// A length near the largest number is compared, not added to.
    @Test func takesTheLargestLength() throws {
        var reader = try BodyReader(.length(.max), limit: .max)
        var buffer = Buffer()
        buffer.append("headabc")
        #expect(try reader.gather(in: &buffer, behind: 4) == nil)
        #expect(reader.missing(in: buffer, behind: 4) == UInt64.max - 3)
        #expect(try reader.next(in: "abc") == .piece(0..<3))
        #expect(!reader.isComplete && !reader.isDecided(by: "def"))
    }

    /// Bytes that hold the rest of a body, or what breaks it.
    @Test(arguments: [
        (BodyFraming.length(3), "ab", false), (.length(3), "abc", true), (.length(3), "abcd", true),
        (.chunked, "", false), (.chunked, "3\r\nab", false), (.chunked, "1\r\na\r\n0\r\n", false),
        (.chunked, "1\r\na\r\n0\r\n\r\n", true), (.chunked, "1\r\na\r\nx", true), (.chunked, "9\r\nabcdefghi", true),
        (.untilClose, "abc", false), (.none, "", true),
    ])
    func knowsWhatIsDecided(framing: BodyFraming, bytes: String, isDecided: Bool) throws {
        let reader = try BodyReader(framing, limit: 8)
        #expect(bytes.withByteView { reader.isDecided(by: $0) } == isDecided)
    }
}

extension BodyReader.Step {
    fileprivate var pieceCount: UInt64? { if case .piece(let range) = self { UInt64(range.count) } else { nil } }
}
