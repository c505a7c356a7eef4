/// Base64 (RFC 4648, section 4), as Lambda's headers use it.
package enum Base64 {
    /// The bytes in their encoded form, with padding.
    package static func encode(_ bytes: [UInt8]) -> [UInt8] {
        var text = Buffer(capacity: (bytes.count + 2) / 3 * 4)
        bytes.withByteView { text.append(base64: $0) }
        return text.readable.array
    }

    /// The bytes that a text stands for; nil when it is not Base64. Padding may be missing, but not be more than completes the
    /// last four characters.
    package static func decode(_ text: ByteView) -> [UInt8]? {
        var end = text.count
        while end > 0, text.count - end < 2, text[end - 1] == UInt8(ascii: "=") { end -= 1 }
        guard end % 4 != 1, end == text.count || text.count % 4 == 0 else { return nil }
        var bytes: [UInt8] = []
        var group: UInt32 = 0
        var bits: UInt32 = 0
        for index in 0..<end {
            guard let value = value(of: text[index]) else { return nil }
            group = group << 6 | value
            bits += 6
            if bits >= 8 {
                bits -= 8
                bytes.append(UInt8(truncatingIfNeeded: group >> bits))
            }
        }
        return bytes
    }

    private static func value(of character: UInt8) -> UInt32? {
        switch character {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(character - UInt8(ascii: "A"))
        case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(character - UInt8(ascii: "a")) + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(character - UInt8(ascii: "0")) + 52
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        default: nil
        }
    }
}
