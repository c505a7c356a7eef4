import JSON
import TestSupport
import Testing

@Suite struct JSONTextTests {
    @Test(
        arguments: [
            ("", "", false), ("plain", "plain", false), ("é€😀", "é€😀", false), (#"\\"#, #"\"#, true),
            (#"a\nb"#, "a\nb", true), (#"\u0000"#, "\u{0}", true),
            (#"\u007f\u0080\u07FF\u0800"#, "\u{7F}\u{80}\u{7FF}\u{800}", true),
            (#"\uFFFF\uD800\uDC00\uDBFF\uDFFF"#, "\u{FFFF}\u{10000}\u{10FFFF}", true),
            (#"x\uD83D\uDE00y"#, "x😀y", true),
        ] as [(String, String, Bool)])
    func unescapes(raw: String, text: String, hasEscapes: Bool) throws {
        let bytes = GuardedBytes(("\"" + raw + "\"").utf8)
        defer { extendLifetime(bytes) }
        var reader = JSONReader(bytes.view)
        guard case .string(let value) = try reader.next() else { throw Unexpected() }
        #expect(value.raw.string == raw)
        #expect(value.hasEscapes == hasEscapes)
        #expect(value.string == text)
        var buffer = Buffer()
        value.append(to: &buffer)
        #expect(buffer.readable.array == Array(text.utf8))
    }

    /// Sixteen bytes are looked at at a time: every byte at every place of two such blocks and a bit, alone and before another.
    @Test func findsEveryByteThatIsNotPlain() {
        let plain = UInt8(ascii: "a")
        for length in [0, 1, 7, 15, 16, 17, 31, 32, 35] {
            let bytes = GuardedBytes(repeatElement(plain, count: length))
            for place in 0..<length {
                if place + 1 < length { bytes[place + 1] = UInt8(ascii: "\"") }
                for byte in UInt8.min...UInt8.max {
                    bytes[place] = byte
                    let isPlain = (0x20..<0x80).contains(byte) && byte != 0x22 && byte != 0x5C
                    let found = bytes.withView { PlainText.end($0, from: 0) }
                    if found != (isPlain ? place + 1 : place) {
                        Issue.record("byte \(byte) at \(place) of \(length): \(found)")
                    }
                }
                bytes[place] = plain
            }
            #expect(bytes.withView { PlainText.end($0, from: length) } == length)
        }
    }

    @Test func comparesWithLiteralsHoweverItWasEscaped() throws {
        for raw in ["requestId", #"\u0072equestId"#, #"requestI\u0064"#, #"\u0072\u0065\u0071uestId"#] {
            let bytes = GuardedBytes(("\"" + raw + "\"").utf8)
            defer { extendLifetime(bytes) }
            var reader = JSONReader(bytes.view)
            guard case .string(let value) = try reader.next() else { throw Unexpected() }
            #expect(value == "requestId")
            #expect(!(value == "requestI"))
            #expect(!(value == "requestIdx"))
            #expect(!(value == "RequestId"))
            #expect(!(value == ""))
        }
    }

    @Test(arguments: 1...10 as ClosedRange<UInt64>)
    func readsWhatEscapesEveryUnit(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var text = ""
        while text.unicodeScalars.count < 200 {
            if let scalar = Unicode.Scalar(UInt32(random.next() % (random.chance(1, in: 2) ? 0x110000 : 0x900))) {
                text.unicodeScalars.append(scalar)
            }
        }
        let escaped = text.utf16.map { unit in
            let digits = String(unit, radix: 16, uppercase: random.chance(1, in: 2))
            return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        }
        let bytes = GuardedBytes(("\"" + escaped.joined() + "\"").utf8)
        defer { extendLifetime(bytes) }
        var reader = JSONReader(bytes.view)
        guard case .string(let value) = try reader.next() else { throw Unexpected() }
        #expect(Array(value.string.utf8) == Array(text.utf8))
    }
}
