import Bytes

/// Where a field's name and value are, in offsets from the start of the head or trailer section they are in.
package struct FieldLine: Sendable {
    /// The offset of the name's first byte.
    package let nameStart: UInt16
    /// The bytes of the name, at least one.
    package let nameCount: UInt16
    /// The offset of the value's first byte that is not blank.
    package let valueStart: UInt16
    /// The bytes of the value without the blanks at either end.
    package let valueCount: UInt16

    init(_ nameStart: Int, _ nameCount: Int, _ valueStart: Int, _ valueCount: Int) {
        // No offset in a head passes HTTPLimits.headBytes, which fits 16 bits.
        assert(max(nameStart + nameCount, valueStart + valueCount) <= UInt16.max)
        self.nameStart = UInt16(truncatingIfNeeded: nameStart)
        self.nameCount = UInt16(truncatingIfNeeded: nameCount)
        self.valueStart = UInt16(truncatingIfNeeded: valueStart)
        self.valueCount = UInt16(truncatingIfNeeded: valueCount)
    }

    /// The name, in the bytes that the line was found in.
    func name(in bytes: ByteView) -> ByteView { bytes[Int(nameStart)..<Int(nameStart) + Int(nameCount)] }

    /// The value, in the bytes that the line was found in.
    func value(in bytes: ByteView) -> ByteView { bytes[Int(valueStart)..<Int(valueStart) + Int(valueCount)] }
}
