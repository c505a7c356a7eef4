/// Finds where a run of plain characters of a string ends: ASCII that is neither a quotation mark nor a backslash nor a
/// control character.
///
/// Strings are nearly all plain, so this looks at eight bytes at a time; the only code here that reads through a bare
/// pointer. Invariant: a word is read only where eight bytes are left, a byte only where one is.
package enum PlainText {
    /// The offset of the first byte from `offset` on that is not plain, or the count.
    package static func end(_ bytes: ByteView, from offset: Int) -> Int {
        let count = bytes.count
        precondition(offset >= 0 && offset <= count, "offset outside the view")
        let start = UnsafeRawPointer(bytes.start)
        var index = offset
        while count &- index >= 8 {
            let special = special(start.loadUnaligned(fromByteOffset: index, as: UInt64.self).littleEndian)
            // Above the lowest mark, which is right, a borrow may have left false ones.
            if special != 0 { return index &+ special.trailingZeroBitCount / 8 }
            index &+= 8
        }
        while index < count, isPlain(bytes.start[index]) { index &+= 1 }
        return index
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        byte >= 0x20 && byte < 0x80 && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
    }

    /// The high bit of each byte that is not plain; those above the lowest may be set in error.
    ///
    /// A byte that equals another is zero after exclusive-or, and only zero borrows when one is taken away. A quotation
    /// mark is one past the control characters once its second bit is flipped, which leaves them among themselves. Bytes
    /// from 0x80 on are marked as they are.
    @_transparent
    private static func special(_ word: UInt64) -> UInt64 {
        let controlOrQuote = (word ^ 0x0202_0202_0202_0202) &- 0x2121_2121_2121_2121
        let backslash = (word ^ 0x5C5C_5C5C_5C5C_5C5C) &- 0x0101_0101_0101_0101
        return (controlOrQuote | backslash | word) & 0x8080_8080_8080_8080
    }
}
