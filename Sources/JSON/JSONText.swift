/// A string of a document, still as it was written: a view of the bytes between its quotation marks, already checked.
///
/// It is valid as long as the document's bytes.
public struct JSONText {
    /// The bytes between the quotation marks, escapes and all.
    public let raw: ByteView
    /// True if ``raw`` holds a backslash, so that it is not yet the text that it stands for.
    public let hasEscapes: Bool

    /// The text that it stands for.
    public var string: String {
        guard hasEscapes else { return raw.string }
        var buffer = Buffer(capacity: raw.count)
        append(to: &buffer)
        return buffer.readable.string
    }

    /// The text that it stands for, in UTF-8.
    public var array: [UInt8] {
        guard hasEscapes else { return raw.array }
        var buffer = Buffer(capacity: raw.count)
        append(to: &buffer)
        return buffer.readable.array
    }

    /// Returns true if it stands for exactly the text of a literal, however it was escaped. Allocates nothing.
    @inline(__always)
    public static func == (text: JSONText, literal: StaticString) -> Bool {
        // The length distinguishes most texts, without a call.
        (text.raw.count == literal.utf8CodeUnitCount || text.hasEscapes) && text.isExactly(ByteView(literal))
    }

    @inline(never)
    private func isExactly(_ other: ByteView) -> Bool { hasEscapes ? unescapes(to: other) : raw == other }

    @inline(never)
    private func unescapes(to other: ByteView) -> Bool {
        var bytes = UnescapedBytes(raw)
        var index = 0
        while let byte = bytes.next() {
            guard index < other.count, other[index] == byte else { return false }
            index &+= 1
        }
        return index == other.count
    }

    /// Appends the text that it stands for, in UTF-8; never more bytes than ``raw`` has.
    public func append(to buffer: inout Buffer) {
        guard hasEscapes else { return buffer.append(raw) }
        var bytes = UnescapedBytes(raw)
        while let byte = bytes.next() { buffer.append(byte) }
    }

    /// Checks the string that begins with the quotation mark at `start`; returns it and the offset behind its last
    /// quotation mark.
    static func scan(_ bytes: ByteView, from start: Int) throws(JSONError) -> (text: JSONText, end: Int) {
        let end = PlainText.end(bytes, from: start &+ 1)
        guard end < bytes.count, bytes.start[end] == UInt8(ascii: "\"") else {
            return try scanOn(bytes, from: start, at: end)
        }
        return (JSONText(raw: bytes[start &+ 1..<end], hasEscapes: false), end &+ 1)
    }

    /// The same, for one whose plain characters end at `special` before it does.
    @inline(never)
    private static func scanOn(
        _ bytes: ByteView, from start: Int, at special: Int
    ) throws(JSONError) -> (text: JSONText, end: Int) {
        var offset = special
        var hasEscapes = false
        while true {
            guard offset < bytes.count else { throw JSONError(offset: offset, expected: .closingQuote) }
            switch bytes[offset] {
            case UInt8(ascii: "\""):
                return (JSONText(raw: bytes[start &+ 1..<offset], hasEscapes: hasEscapes), offset &+ 1)
            case UInt8(ascii: "\\"):
                hasEscapes = true
                offset = try scanEscape(bytes, from: offset)
            case 0x00..<0x20: throw JSONError(offset: offset, expected: .escapedControlCharacter)
            default:
                switch UTF8Sequence(bytes, at: offset) {
                case .wellFormed(let length): offset &+= length
                case .illFormed: throw JSONError(offset: offset, expected: .utf8)
                }
            }
            offset = PlainText.end(bytes, from: offset)
        }
    }

    /// Checks the escape whose backslash is at `start`; returns the offset behind it.
    private static func scanEscape(_ bytes: ByteView, from start: Int) throws(JSONError) -> Int {
        guard start &+ 1 < bytes.count else { throw JSONError(offset: start &+ 1, expected: .escape) }
        switch bytes[start &+ 1] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            return start &+ 2
        case UInt8(ascii: "u"):
            let unit = try scanCodeUnit(bytes, from: start)
            guard unit & 0xF800 == 0xD800 else { return start &+ 6 }
            // RFC 8259, section 8.2: a lone surrogate is unpredictable for whoever reads it, and UTF-8 cannot hold it.
            // It is refused rather than replaced, because two texts that differ must not become the same text.
            guard unit < 0xDC00 else { throw JSONError(offset: start, expected: .surrogatePair) }
            let second = start &+ 6
            guard second &+ 1 < bytes.count, bytes[second] == UInt8(ascii: "\\"),
                bytes[second &+ 1] == UInt8(ascii: "u")
            else { throw JSONError(offset: second, expected: .surrogatePair) }
            guard try scanCodeUnit(bytes, from: second) & 0xFC00 == 0xDC00 else {
                throw JSONError(offset: second, expected: .surrogatePair)
            }
            return second &+ 6
        default: throw JSONError(offset: start &+ 1, expected: .escape)
        }
    }

    /// The value of the `\uXXXX` whose backslash is at `start`.
    private static func scanCodeUnit(_ bytes: ByteView, from start: Int) throws(JSONError) -> UInt32 {
        var unit: UInt32 = 0
        var offset = start &+ 2
        while offset < start &+ 6 {
            guard offset < bytes.count, let digit = ASCII.hexValue(bytes[offset]) else {
                throw JSONError(offset: offset < bytes.count ? offset : bytes.count, expected: .hexDigit)
            }
            unit = unit << 4 | UInt32(digit)
            offset &+= 1
        }
        return unit
    }
}
