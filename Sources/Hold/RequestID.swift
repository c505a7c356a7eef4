/// The name that Lambda gave to an invocation: 1 to 128 bytes, taken as they are.
///
/// Lambda's names are UUIDs, 36 bytes of text. Such a one is kept as the number that it stands for, so that it is small
/// and costs no memory; any other is kept in an array.
public struct RequestID: Equatable, Sendable {
    /// The most bytes that an id may have. Lambda's have 36.
    public static var maximumCount: Int { 128 }

    private let name: Name

    private enum Name: Sendable {
        /// A UUID written as RFC 9562 has it, in lower case: nothing else, so that the text can be written again.
        case uuid(UInt64, UInt64)
        case other([UInt8])
    }

    /// A copy of `bytes`; nil if there are none or more than ``maximumCount``.
    public init?(_ bytes: UnsafeRawBufferPointer) {
        guard bytes.count > 0, bytes.count <= Self.maximumCount else { return nil }
        if let (high, low) = parseUUID(bytes) {
            name = .uuid(high, low)
        } else {
            name = .other([UInt8](bytes))
        }
    }

    /// The number of bytes.
    public var count: Int {
        switch name {
        case .uuid: uuidCount
        case .other(let bytes): bytes.count
        }
    }

    /// Lends the bytes for the length of `body`.
    public func withBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        switch name {
        case .uuid(let high, let low):
            let text = uuidText(high, low)
            return try withUnsafeBytes(of: text, body)
        case .other(let bytes):
            return try bytes.withUnsafeBufferPointer { (bytes) throws(Failure) in
                try body(UnsafeRawBufferPointer(bytes))
            }
        }
    }

    /// Returns true if both are the same bytes.
    public static func == (left: RequestID, right: RequestID) -> Bool {
        switch (left.name, right.name) {
        case (.uuid(let high, let low), .uuid(let otherHigh, let otherLow)): high == otherHigh && low == otherLow
        case (.other(let bytes), .other(let others)): bytes == others
        default: false
        }
    }
}

private var uuidCount: Int { 36 }

/// Returns true where a UUID has its dashes: 8-4-4-4-12 digits.
private func isDash(_ index: Int) -> Bool { index == 8 || index == 13 || index == 18 || index == 23 }

/// The two halves of a UUID; nil for any other text.
private func parseUUID(_ bytes: UnsafeRawBufferPointer) -> (high: UInt64, low: UInt64)? {
    guard bytes.count == uuidCount, let start = bytes.baseAddress else { return nil }
    func text(_ offset: Int) -> UInt64 {
        UInt64(bigEndian: start.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }
    func half(_ offset: Int) -> UInt64 {
        UInt64(UInt32(bigEndian: start.loadUnaligned(fromByteOffset: offset, as: UInt32.self)))
    }
    guard bytes[8] == dash, bytes[13] == dash, bytes[18] == dash, bytes[23] == dash,
        let first = parseHex(text(0)), let second = parseHex(half(9) << 32 | half(14)),
        let third = parseHex(half(19) << 32 | half(24)), let fourth = parseHex(text(28))
    else { return nil }
    return (first << 32 | second, third << 32 | fourth)
}

private var dash: UInt8 { UInt8(ascii: "-") }

/// The number that eight digits stand for, the first of them in the highest byte; nil unless each is a digit or a small
/// letter up to f.
private func parseHex(_ text: UInt64) -> UInt64? {
    let ones: UInt64 = 0x0101_0101_0101_0101
    // Letters have this bit, and with nine added their low four bits are their value. What is no digit does not come
    // back when the text is made of the values again.
    let letters = (text >> 6) & ones
    let values = (text & (ones &* 0xF)) &+ letters &* 9
    guard values & (ones &* 0xF0) == 0 else { return nil }
    let beyondNine = ((values &+ ones &* 6) >> 4) & ones
    guard values &+ ones &* 0x30 &+ beyondNine &* 0x27 == text else { return nil }
    var number = (values | values >> 4) & 0x00FF_00FF_00FF_00FF
    number = (number | number >> 8) & 0x0000_FFFF_0000_FFFF
    return (number | number >> 16) & 0xFFFF_FFFF
}

/// The text of a UUID.
private func uuidText(_ high: UInt64, _ low: UInt64) -> InlineArray<36, UInt8> {
    var text = InlineArray<36, UInt8>(repeating: UInt8(ascii: "-"))
    var (high, low) = (high, low)
    var index = 0
    while index < uuidCount {
        if !isDash(index) {
            let digit = UInt8(truncatingIfNeeded: high >> 60)
            text[index] = digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10
            high = high << 4 | low >> 60
            low <<= 4
        }
        index &+= 1
    }
    return text
}
