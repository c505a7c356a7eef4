/// The UTF-8 bytes that a checked string stands for, one after another.
struct UnescapedBytes {
    private let raw: ByteView
    private var offset = 0
    /// The bytes of an escaped character that are still to be given, the next one lowest.
    private var pending: UInt32 = 0
    private var pendingCount = 0

    /// The bytes behind what `JSONText.scan` has accepted.
    init(_ raw: ByteView) { self.raw = raw }

    mutating func next() -> UInt8? {
        if pendingCount > 0 {
            let byte = UInt8(truncatingIfNeeded: pending)
            pending >>= 8
            pendingCount -= 1
            return byte
        }
        guard offset < raw.count else { return nil }
        let byte = raw[offset]
        guard byte == UInt8(ascii: "\\") else {
            offset &+= 1
            return byte
        }
        let letter = raw[offset &+ 1]
        if letter == UInt8(ascii: "u") {
            encode(nextScalar())
            return next()
        }
        offset &+= 2
        switch letter {
        case UInt8(ascii: "b"): return 0x08
        case UInt8(ascii: "f"): return 0x0C
        case UInt8(ascii: "n"): return ASCII.lineFeed
        case UInt8(ascii: "r"): return ASCII.carriageReturn
        case UInt8(ascii: "t"): return ASCII.tab
        default: return letter
        }
    }

    private mutating func nextScalar() -> UInt32 {
        let unit = nextCodeUnit()
        guard unit & 0xFC00 == 0xD800 else { return unit }
        return 0x10000 + (unit & 0x3FF) << 10 + nextCodeUnit() & 0x3FF
    }

    private mutating func nextCodeUnit() -> UInt32 {
        var unit: UInt32 = 0
        let end = offset &+ 6
        offset &+= 2
        while offset < end {
            unit = unit << 4 | UInt32(ASCII.hexValue(raw[offset]) ?? 0)
            offset &+= 1
        }
        return unit
    }

    /// RFC 3629, section 3.
    private mutating func encode(_ scalar: UInt32) {
        switch scalar {
        case 0..<0x80:
            pending = scalar
            pendingCount = 1
        case 0x80..<0x800:
            pending = 0xC0 | scalar >> 6 | continuation(scalar) << 8
            pendingCount = 2
        case 0x800..<0x10000:
            pending = 0xE0 | scalar >> 12 | continuation(scalar >> 6) << 8 | continuation(scalar) << 16
            pendingCount = 3
        default:
            pending = 0xF0 | scalar >> 18 | continuation(scalar >> 12) << 8
            pending |= continuation(scalar >> 6) << 16 | continuation(scalar) << 24
            pendingCount = 4
        }
    }

    private func continuation(_ bits: UInt32) -> UInt32 { 0x80 | bits & 0x3F }
}
