import HTTP1
import TestSupport
import Testing

/// The ends of lines, found 64 bytes at a time, against the plainest statement of where one may be.
@Suite struct LineEndsTests {
    /// The bits of the bytes from an offset on, asked for one by one.
    private func plainBits(_ bytes: [UInt8], at offset: Int) -> UInt64 {
        var bits: UInt64 = 0
        for index in offset..<min(offset + 64, bytes.count - 1) where bytes[index] < 0x20 || bytes[index] > 0x7E {
            bits |= 1 << UInt64(index - offset)
        }
        return bits
    }

    /// Random bytes, mostly those of values, at every length and from every offset; the views end at a protected page.
    @Test(arguments: 1...4 as ClosedRange<UInt64>)
    func marksWhatMayEndALine(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        for count in 17...150 {
            let bytes = (0..<count).map { _ in
                random.chance(seed, in: 12) ? UInt8(truncatingIfNeeded: random.next()) : UInt8(ascii: "a")
            }
            GuardedBytes(bytes).withView { view in
                let ends = LineEnds(in: view)
                for offset in 0..<count - 1 {
                    let found = ends.bits(at: offset)
                    let expected = plainBits(bytes, at: offset)
                    if found != expected { Issue.record("seed \(seed), \(bytes) from \(offset): \(found)") }
                }
            }
        }
    }

    /// Every byte is marked or not as it should be, wherever it stands among those that are judged at once.
    @Test func marksEveryByteWhereverItStands() {
        for index in 0..<79 {
            for byte in UInt8.min...UInt8.max {
                var bytes = [UInt8](repeating: UInt8(ascii: "a"), count: 80)
                bytes[index] = byte
                bytes.withByteView { view in
                    let ends = LineEnds(in: view)
                    for offset in [0, 15] where ends.bits(at: offset) != plainBits(bytes, at: offset) {
                        Issue.record("byte \(byte) at \(index) from \(offset)")
                    }
                }
            }
        }
    }

    /// A line ends at each place among the bytes that are judged at once, CR and LF apart among them; its value has what is rare
    /// and allowed.
    @Test(arguments: ["", "\t", "é"])
    func aLineMayEndAnywhere(rare: String) throws {
        var table = FieldTable()
        for length in 0...140 {
            let value = "v" + rare + String(repeating: "a", count: length) + "v"
            let text = "GET / HTTP/1.1\r\nHost: h\r\nA: \(value)\r\nB: b\r\n\r\n"
            try [UInt8](text.utf8).withByteView { bytes in
                guard case .complete(let head, bytes.count) = try parseRequestHead(bytes, fields: &table) else {
                    Issue.record("not complete: \(text)")
                    return
                }
                let fields = head.fields(in: bytes, table)
                #expect(fields.count == 3)
                #expect(fields.first("A")?.string == value)
                #expect(fields.first("B")?.string == "b")
            }
        }
    }
}
