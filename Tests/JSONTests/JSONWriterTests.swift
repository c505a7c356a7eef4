import JSON
import TestSupport
import Testing

@Suite struct JSONWriterTests {
    @Test(
        arguments: [
            ("", #""""#), ("plain/é😀", #""plain/é😀""#), ("\"\\", #""\"\\""#), ("\u{8}\u{C}\n\r\t", #""\b\f\n\r\t""#),
            ("\u{0}\u{1}\u{F}\u{10}\u{1F}\u{7F}", "\"\\u0000\\u0001\\u000f\\u0010\\u001f\u{7F}\""),
            ("a\"b", #""a\"b""#),
        ])
    func escapesStrings(text: String, expected: String) {
        let bytes = GuardedBytes(text.utf8)
        defer { extendLifetime(bytes) }
        var buffer = Buffer()
        buffer.appendJSONString(bytes.view)
        #expect(buffer.readable.string == expected)
    }

    /// The standard library replaces the same bytes.
    @Test(arguments: Documents.illFormed)
    func replacesWhatIsNoUTF8(bytes: [UInt8]) throws {
        for text in [bytes, Array("a".utf8) + bytes, bytes + Array("é".utf8), bytes + bytes] {
            let guarded = GuardedBytes(text)
            defer { extendLifetime(guarded) }
            var buffer = Buffer()
            buffer.appendJSONString(guarded.view)
            var reader = JSONReader(buffer.readable)
            guard case .string(let value) = try reader.next() else { throw Unexpected() }
            #expect(value.string == String(decoding: text, as: UTF8.self))
        }
    }

    @Test(arguments: 1...50 as ClosedRange<UInt64>)
    func readsBackRandomBytes(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        // Few different bytes, so that sequences that almost fit are common.
        let alphabet: [UInt8] = [
            0x00, 0x1F, 0x22, 0x5C, 0x41, 0x80, 0x9F, 0xA0, 0xBF, 0xC2, 0xE0, 0xE2, 0xED, 0xF0, 0xF4, 0xFF,
        ]
        let text = (0..<200).map { _ in alphabet[Int(random.next() % 16)] }
        let guarded = GuardedBytes(text)
        defer { extendLifetime(guarded) }
        var buffer = Buffer()
        buffer.appendJSONString(guarded.view)
        var reader = JSONReader(buffer.readable)
        guard case .string(let value) = try reader.next() else { throw Unexpected() }
        #expect(value.string == String(decoding: text, as: UTF8.self), "seed \(seed)")
    }

    @Test func placesCommas() {
        let bytes = GuardedBytes("a\nb".utf8)
        defer { extendLifetime(bytes) }
        var buffer = Buffer()
        buffer.append("log: ")
        buffer.appendJSONObject { writer in
            writer.field("text", bytes.view)
            writer.field("literal", "x\"y")
            writer.field("most", UInt64.max)
            writer.field("least", Int64.min)
            writer.field("int", -1)
            writer.field("yes", true)
            writer.field("no", false)
            writer.null("nothing")
            writer.object("empty") { _ in }
            writer.object("object") {
                $0.field("a", 1)
                $0.array("none") { _ in }
                $0.field("b", 2)
            }
            writer.array("array") {
                $0.element(bytes.view)
                $0.element("x")
                $0.element(UInt64.max)
                $0.element(Int64.min)
                $0.element(3)
                $0.element(true)
                $0.null()
                $0.object { $0.field("c", 4) }
                $0.array { $0.array { $0.element(5) } }
                $0.object { _ in }
            }
            writer.field("last", 6)
        }
        buffer.append("\n")
        #expect(
            buffer.readable.string == #"log: {"text":"a\nb","literal":"x\"y","most":18446744073709551615,"#
                + #""least":-9223372036854775808,"int":-1,"yes":true,"no":false,"nothing":null,"empty":{},"#
                + #""object":{"a":1,"none":[],"b":2},"array":["a\nb","x",18446744073709551615,-9223372036854775808,"#
                + #"3,true,null,{"c":4},[[5]],{}],"last":6}"# + "\n")
    }

    @Test func writesNamesThatOthersChose() {
        var buffer = Buffer()
        buffer.appendJSONObject { object in
            object.field("known", 1)
            object.field(named: "a\"b", "é")
            object.field(named: "", "")
            object.array(named: "\u{1}") { $0.element("x") }
        }
        #expect(buffer.readable.string == #"{"known":1,"a\"b":"é","":"","\u0001":["x"]}"#)
    }

    @Test func writesArrays() {
        var buffer = Buffer()
        buffer.appendJSONArray { _ in }
        buffer.appendJSONArray {
            $0.element(false)
            $0.element(0)
        }
        #expect(buffer.readable == "[][false,0]")
    }

    /// Random output of a writer reads back as the tokens that were written.
    @Test(arguments: 1...50 as ClosedRange<UInt64>)
    func readsBackRandomDocuments(seed: UInt64) throws {
        var tree = RandomTree(random: SeededGenerator(seed: seed))
        var buffer = Buffer()
        buffer.appendJSONObject { tree.writeFields(&$0, depth: 1) }
        let expected = "{" + tree.tokens.map { " " + $0 }.joined() + " }"
        #expect(try Documents.tokens(of: buffer.readable) == expected, "seed \(seed)")
    }
}

/// Writes random fields and elements and notes the tokens that should come back.
private struct RandomTree {
    var random: SeededGenerator
    var tokens: [String] = []

    mutating func writeFields(_ writer: inout JSONWriter, depth: Int) {
        for _ in 0..<random.next() % 5 {
            tokens.append("n\n:")
            switch random.next() % (depth < 6 ? 6 : 4) {
            case 0:
                tokens.append("'\"é\u{0}'")
                writer.field("n\n", "\"é\u{0}")
            case 1:
                let value = Int64(bitPattern: random.next())
                tokens.append("#\(value)")
                writer.field("n\n", value)
            case 2:
                tokens.append("null")
                writer.null("n\n")
            case 3:
                let value = random.chance(1, in: 2)
                tokens.append("\(value)")
                writer.field("n\n", value)
            case 4:
                tokens.append("{")
                writer.object("n\n") { writeFields(&$0, depth: depth + 1) }
                tokens.append("}")
            default:
                tokens.append("[")
                writer.array("n\n") { writeElements(&$0, depth: depth + 1) }
                tokens.append("]")
            }
        }
    }

    mutating func writeElements(_ writer: inout JSONWriter, depth: Int) {
        for _ in 0..<random.next() % 5 {
            switch random.next() % (depth < 6 ? 4 : 2) {
            case 0:
                let value = random.next()
                tokens.append("#\(value)")
                writer.element(value)
            case 1:
                tokens.append("''")
                writer.element("")
            case 2:
                tokens.append("{")
                writer.object { writeFields(&$0, depth: depth + 1) }
                tokens.append("}")
            default:
                tokens.append("[")
                writer.array { writeElements(&$0, depth: depth + 1) }
                tokens.append("]")
            }
        }
    }
}
