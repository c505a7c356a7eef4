import Bytes
import TestSupport
import Testing

@Suite struct ByteViewTests {
    @Test(
        arguments: [
            ("0", 0), ("007", 7), ("18446744073709551615", .max), ("18446744073709551616", nil),
            ("18446744073709551619", nil),
            ("18446744073709551620", nil), ("0018446744073709551609", .max - 6), ("", nil), ("-1", nil),
            ("+1", nil), ("1 ", nil), ("1a", nil), ("99999999999999999999999", nil),
        ] as [(String, UInt64?)])
    func readsDecimals(text: String, value: UInt64?) {
        #expect(text.withByteView { $0.decimal } == value)
    }

    @Test(arguments: [("  a b\t", "a b"), ("", ""), (" \t ", ""), ("x", "x")])
    func trims(text: String, trimmed: String) {
        #expect(text.withByteView { $0.trimmed.string } == trimmed)
    }

    @Test func comparesWithoutCase() {
        let name = GuardedBytes("Content-LENGTH".utf8)
        #expect(name.withView { $0.equalsIgnoringCase("content-length") })
        #expect(name.withView { !$0.equalsIgnoringCase("content-lengt") })
        // '@' and '`', '[' and '{' differ only in the bit that letters are folded with.
        #expect(!ByteView("@[").equalsIgnoringCase("`{"))
    }

    @Test func findsAndSlices() {
        let view = ByteView("a:b")
        #expect(view.firstIndex(of: 0x3A) == 1)
        #expect(view.firstIndex(of: 0x3B) == nil)
        #expect(view.dropFirst(2) == "b")
        #expect(view.starts(with: "a:"))
        #expect(!view.starts(with: "a:bc"))
    }

    /// A byte is found wherever it stands first, among bytes that differ from it in one bit, in views that end at a protected page.
    @Test(arguments: [0, 0x0A, 0x3A, 0x7F, 0x80, 0xFF] as [UInt8])
    func findsTheFirstByte(byte: UInt8) {
        for count in 0...33 {
            for other in [byte ^ 1, byte ^ 0x80] {
                GuardedBytes(repeatElement(other, count: count)).withView { #expect($0.firstIndex(of: byte) == nil) }
                for first in 0..<count {
                    // Those behind it are the same half of the time.
                    let bytes = (0..<count).map { $0 < first || $0 > first && $0.isMultiple(of: 2) ? other : byte }
                    GuardedBytes(bytes).withView { #expect($0.firstIndex(of: byte) == first) }
                }
            }
        }
    }

    @Test(
        arguments: [
            (7, "seven"), (12, "a dozen, or so"), (1, nil), (70, nil), (2, nil), (-7, nil), (.max, nil), (5, ""),
        ] as [(Int, String?)])
    func findsNumberedLines(number: Int, text: String?) {
        let table = "7 seven\n12 a dozen, or so\n5 \nx 1\n2\n"
        #expect(table.withByteView { $0.line(numbered: number)?.string } == text)
    }

    @Test(
        arguments: [
            (0x30, 0), (0x39, 9), (0x41, 10), (0x66, 15), (0x67, nil), (0x2F, nil), (0x3A, nil), (0x40, nil),
        ] as [(UInt8, UInt8?)])
    func readsHexDigits(byte: UInt8, value: UInt8?) {
        #expect(ASCII.hexValue(byte) == value)
    }
}
