import CSIMD

/// Finds where a run of plain characters of a string ends: ASCII that is neither a quotation mark nor a backslash nor a
/// control character.
///
/// Strings are nearly all plain, so this looks at sixteen bytes at a time. Invariant: a block is read only where sixteen bytes are
/// left, a byte only where one is.
package enum PlainText {
    /// The offset of the first byte from `offset` on that is not plain, or the count.
    package static func end(_ bytes: ByteView, from offset: Int) -> Int {
        let count = bytes.count
        precondition(offset >= 0 && offset <= count, "offset outside the view")
        let start = UnsafeRawPointer(bytes.start)
        var index = offset
        while index < count {
            if count &- index >= 16 {
                let block = start.loadUnaligned(fromByteOffset: index, as: SIMD16<Int8>.self)
                let special = csimd_lane_bits(unsafeBitCast(special(block), to: SIMD16<Int8>.self))
                if special != 0 { return index &+ special.trailingZeroBitCount }
                index &+= 16
            } else {
                guard isPlain(bytes.start[index]) else { return index }
                index &+= 1
            }
        }
        return index
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        byte >= 0x20 && byte < 0x80 && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
    }

    /// Marks every byte that is not plain; those from 0x80 on are negative.
    @_transparent
    private static func special(_ block: SIMD16<Int8>) -> SIMDMask<SIMD16<Int8>> {
        (block .< SIMD16(repeating: 0x20)) .| (block .== SIMD16(repeating: 0x22)) .| (block .== SIMD16(repeating: 0x5C))
    }
}
