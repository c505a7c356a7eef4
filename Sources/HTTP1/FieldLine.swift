import Bytes

/// An offset into a head; its size sets ``HTTPLimits/largestHeadBytes``. In Embedded Swift small code and tables come first.
#if hasFeature(Embedded)
typealias HeadOffset = UInt16
#else
typealias HeadOffset = UInt32
#endif

/// The place of a field's name and value, in offsets from the start of the head or trailer section they are in.
package struct FieldLine: Sendable {
    private let start: HeadOffset
    private let colon: HeadOffset
    #if hasFeature(Embedded)
    private let valueStart: HeadOffset
    #endif
    private let valueEnd: HeadOffset

    /// The line whose name, colon and line end stand at these offsets in `bytes`, with nothing but ``ValueBytes`` before the end.
    @inline(__always)
    init(name: Int, colon: Int, end: Int, in bytes: ByteView) {
        assert(0 <= name && name < colon && colon < end && end <= min(bytes.count, HTTPLimits.largestHeadBytes))
        start = HeadOffset(truncatingIfNeeded: name)
        self.colon = HeadOffset(truncatingIfNeeded: colon)
        #if hasFeature(Embedded)
        var value = colon &+ 1..<end
        Self.trim(&value, in: bytes)
        valueStart = HeadOffset(truncatingIfNeeded: value.lowerBound)
        valueEnd = HeadOffset(truncatingIfNeeded: value.upperBound)
        #else
        valueEnd = HeadOffset(truncatingIfNeeded: end)
        #endif
    }

    /// The offset of the name's first byte.
    var nameStart: Int { Int(start) }
    /// The bytes of the name, at least one.
    var nameCount: Int { Int(colon) &- Int(start) }

    /// The name, in the bytes that the line was found in.
    func name(in bytes: ByteView) -> ByteView { bytes[Int(start)..<Int(colon)] }

    /// The value without the blanks at either end, in the bytes that the line was found in.
    func value(in bytes: ByteView) -> ByteView {
        #if hasFeature(Embedded)
        return bytes[Int(valueStart)..<Int(valueEnd)]
        #else
        // Trimmed when asked for, which most values never are. In Embedded Swift `init` does it: the code is shorter.
        let value = bytes[Int(colon) &+ 1..<Int(valueEnd)]
        var trimmed = 0..<value.count
        Self.trim(&trimmed, in: value)
        return value[trimmed]
        #endif
    }

    /// Leaves out the blanks at either end: of ``ValueBytes`` only they are no greater than a space.
    @inline(__always)
    private static func trim(_ value: inout Range<Int>, in bytes: ByteView) {
        var (start, end) = (value.lowerBound, value.upperBound)
        while start < end, bytes.start[start] <= ASCII.space { start &+= 1 }
        while start < end, bytes.start[end &- 1] <= ASCII.space { end &-= 1 }
        value = start..<end
    }
}
