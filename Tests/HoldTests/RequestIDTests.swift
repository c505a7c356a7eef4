import Bytes
import Hold
import TestSupport
import Testing

@Suite struct RequestIDTests {
    @Test(arguments: 0...130)
    func takesUpTo128Bytes(count: Int) {
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
        let guarded = GuardedBytes(bytes)
        let id = RequestID(guarded.view.rawBuffer)
        #expect((id != nil) == (1...128).contains(count))
        guard let id else { return }
        #expect(id.count == count)
        #expect(id.withBytes { Array($0) } == bytes)
    }

    @Test func everyByteCounts() {
        let bytes = [UInt8](repeating: 7, count: 128)
        for count in 1...128 {
            let id = bytes[..<count].withUnsafeBytes { RequestID($0) }
            for index in 0..<count {
                var other = bytes
                other[index] = 8
                #expect(id != other[..<count].withUnsafeBytes { RequestID($0) })
            }
            #expect(id != bytes[..<(count - 1)].withUnsafeBytes { RequestID($0) })
            #expect(id == bytes[..<count].withUnsafeBytes { RequestID($0) })
        }
    }

    /// UUIDs are kept as numbers, what only looks like one is not: whatever is in it comes out again, and nothing else.
    @Test func everyByteOfAUUIDCounts() {
        let text = Array("0123abcd-4567-89ef-cdef-76543210fed9".utf8)
        let id = text.withUnsafeBytes { RequestID($0) }
        for index in text.indices {
            for byte in UInt8.min...UInt8.max {
                var other = text
                other[index] = byte
                let otherID = other.withUnsafeBytes { RequestID($0) }
                #expect(otherID?.withBytes { Array($0) } == other)
                #expect((otherID == id) == (byte == text[index]))
            }
        }
    }

    @Test func aZeroByteIsAByte() {
        #expect(RequestID("a") != RequestID("a\0"))
        #expect(RequestID("\0") != RequestID("\0\0"))
    }
}
