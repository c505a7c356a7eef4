import Bytes

/// The place of a field's name and value, in offsets from the start of the head or trailer section they are in.
package struct FieldLine: Sendable {
    /// The offset of the name's first byte.
    package let nameStart: UInt16
    /// The bytes of the name, at least one.
    package let nameCount: UInt16
    /// The offset of the value's first byte that is not blank.
    package let valueStart: UInt16
    /// The bytes of the value without the blanks at either end.
    package let valueCount: UInt16

    /// The line whose name, colon and line end stand at these offsets in `bytes`, with nothing but ``ValueBytes`` before the end.
    @inline(__always)
    init(name: Int, colon: Int, end: Int, in bytes: ByteView) {
        // No offset in a head passes HTTPLimits.headBytes, which fits 16 bits.
        assert(0 <= name && name < colon && colon < end && end <= min(bytes.count, Int(UInt16.max)))
        var (value, valueEnd) = (colon &+ 1, end)
        // Of those bytes only blanks are no greater than a space.
        while value < valueEnd, bytes.start[value] <= ASCII.space { value &+= 1 }
        while value < valueEnd, bytes.start[valueEnd &- 1] <= ASCII.space { valueEnd &-= 1 }
        nameStart = UInt16(truncatingIfNeeded: name)
        nameCount = UInt16(truncatingIfNeeded: colon &- name)
        valueStart = UInt16(truncatingIfNeeded: value)
        valueCount = UInt16(truncatingIfNeeded: valueEnd &- value)
    }

    /// The name, in the bytes that the line was found in.
    func name(in bytes: ByteView) -> ByteView { bytes[Int(nameStart)..<Int(nameStart) + Int(nameCount)] }

    /// The value, in the bytes that the line was found in.
    func value(in bytes: ByteView) -> ByteView { bytes[Int(valueStart)..<Int(valueStart) + Int(valueCount)] }
}
