import FoundationEssentials

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
        var digits = text.array
        while text.count - digits.count < 2, digits.last == UInt8(ascii: "=") { digits.removeLast() }
        let isPadded = digits.count < text.count
        // Foundation wants the padding, and takes it in the middle.
        guard !digits.contains(UInt8(ascii: "=")), !isPadded || text.count % 4 == 0 else { return nil }
        let padding = Data(repeating: UInt8(ascii: "="), count: -digits.count & 3)
        return Data(base64Encoded: Data(digits) + padding).map(Array.init)
    }
}
