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

    /// Words of eight bytes are looked at as one: every byte at every place of two words, alone and before another.
    @Test func findsEveryByteThatIsNotPlain() {
        for length in 0...17 {
            for place in 0..<max(1, length) {
                for byte in UInt8.min...UInt8.max {
                    var text = [UInt8](repeating: UInt8(ascii: "a"), count: length)
                    if length > 0 { text[place] = byte }
                    if place + 1 < length { text[place + 1] = UInt8(ascii: "\"") }
                    let end = text.firstIndex { !(0x20..<0x80).contains($0) || $0 == 0x22 || $0 == 0x5C }
                    let bytes = GuardedBytes(text)
                    let found = bytes.withView { PlainText.end($0, from: 0) }
                    guard found == end ?? length else {
                        Issue.record("\(text): \(found)")
                        return
                    }
                }
            }
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
