/// A number of a document, still as it was written: a view of its bytes, already checked.
///
/// RFC 8259 sets no limit on a number, so it is left to the caller to ask for what fits. There is no floating point here:
/// nothing Lambda sends needs it, and it would cost the Embedded build dear.
public struct JSONNumber {
    /// The bytes of the number.
    public let raw: ByteView

    /// The value, if the number is written without fraction and exponent and is not below zero or past `UInt64.max`;
    /// nil otherwise, also for `1.0`, `1e3` and `-0`.
    public var uint64: UInt64? { raw.decimal }

    /// The value, if the number is written without fraction and exponent and fits; nil otherwise, also for `1.0` and `1e3`.
    public var int64: Int64? {
        guard raw[0] == UInt8(ascii: "-") else { return raw.decimal.flatMap { Int64(exactly: $0) } }
        guard let magnitude = raw.dropFirst(1).decimal, magnitude <= Int64.min.magnitude else { return nil }
        return Int64(truncatingIfNeeded: 0 &- magnitude)
    }

    /// Checks the number that begins at `start`, with a minus sign or a digit (RFC 8259, section 6); returns it and the
    /// offset behind it.
    static func scan(_ bytes: ByteView, from start: Int) throws(JSONError) -> (number: JSONNumber, end: Int) {
        var offset = start
        if bytes[offset] == UInt8(ascii: "-") { offset &+= 1 }
        let integer = offset
        offset = try scanDigits(bytes, from: offset)
        guard bytes[integer] != ASCII.zero || offset == integer &+ 1 else {
            throw JSONError(offset: integer &+ 1, expected: .noLeadingZero)
        }
        if offset < bytes.count, bytes[offset] == UInt8(ascii: ".") {
            offset = try scanDigits(bytes, from: offset &+ 1)
        }
        if offset < bytes.count, bytes[offset] | 0x20 == UInt8(ascii: "e") {
            offset &+= 1
            if offset < bytes.count, bytes[offset] == UInt8(ascii: "+") || bytes[offset] == UInt8(ascii: "-") {
                offset &+= 1
            }
            offset = try scanDigits(bytes, from: offset)
        }
        return (JSONNumber(raw: bytes[start..<offset]), offset)
    }

    /// The offset behind one or more digits.
    private static func scanDigits(_ bytes: ByteView, from start: Int) throws(JSONError) -> Int {
        var offset = start
        while offset < bytes.count, ASCII.isDigit(bytes[offset]) { offset &+= 1 }
        guard offset > start else { throw JSONError(offset: start, expected: .digit) }
        return offset
    }
}
