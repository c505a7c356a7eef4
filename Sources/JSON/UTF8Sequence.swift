/// The bytes at one place of a text that should be UTF-8.
enum UTF8Sequence {
    /// A character of this many bytes, 1 to 4.
    case wellFormed(Int)
    /// This many bytes, 1 to 3, that begin like a character and then go wrong: what one U+FFFD replaces ("Substitution
    /// of Maximal Subparts", Unicode 16.0, section 3.9).
    case illFormed(Int)

    /// Reads the character at `offset`, which is inside `bytes`, after the table of RFC 3629, section 4. Overlong forms,
    /// surrogates and what lies past U+10FFFF are ill-formed.
    init(_ bytes: ByteView, at offset: Int) {
        let first = bytes[offset]
        // Only the second byte's range depends on the first byte; the others are always 80...BF.
        var low: UInt8 = 0x80
        var high: UInt8 = 0xBF
        let length: Int
        switch first {
        case 0x00...0x7F:
            self = .wellFormed(1)
            return
        case 0xC2...0xDF: length = 2
        case 0xE0...0xEF:
            length = 3
            if first == 0xE0 { low = 0xA0 }
            if first == 0xED { high = 0x9F }
        case 0xF0...0xF4:
            length = 4
            if first == 0xF0 { low = 0x90 }
            if first == 0xF4 { high = 0x8F }
        default:
            self = .illFormed(1)
            return
        }
        var index = 1
        while index < length {
            guard offset &+ index < bytes.count, bytes[offset &+ index] >= low, bytes[offset &+ index] <= high else {
                self = .illFormed(index)
                return
            }
            low = 0x80
            high = 0xBF
            index &+= 1
        }
        self = .wellFormed(length)
    }
}
