/// The bytes that may stand at some place, asked for one by one, eight and sixteen at a time.
package protocol ByteSet {
    /// Whether the byte is in the set.
    static func contains(_ byte: UInt8) -> Bool
    /// Marks every byte that is not in the set, and perhaps some that are: ``contains(_:)`` has the last word.
    static func suspects(in block: SIMD16<UInt8>) -> SIMDMask<SIMD16<Int8>>
    /// The same of eight bytes: the high bit of each suspect, and no other bit.
    static func suspects(in word: UInt64) -> UInt64
}

// Comparisons with a repeated vector are one instruction each; those with a single byte become a loop over the lanes.

/// What a token is made of (RFC 9110 section 5.6.2).
package enum TokenBytes: ByteSet {
    @inline(__always)
    package static func contains(_ byte: UInt8) -> Bool { isMarked(byte, in: table) }

    /// Suspects everything but letters and the hyphen, of which nearly every field name is made.
    @inline(__always)
    package static func suspects(in block: SIMD16<UInt8>) -> SIMDMask<SIMD16<Int8>> {
        isNoLetter(block) .& (block .!= SIMD16(repeating: 0x2D))
    }

    @inline(__always)
    package static func suspects(in word: UInt64) -> UInt64 {
        notBetween(0x61, 0x7A, word | 0x20 &* ones) & isNot(0x2D, word)
    }

    private static var table: StaticString {
        """
        ................\
        ................\
        .x.xxxxx..xx.xx.\
        xxxxxxxxxx......\
        .xxxxxxxxxxxxxxx\
        xxxxxxxxxxx...xx\
        xxxxxxxxxxxxxxxx\
        xxxxxxxxxxx.x.x.
        """
    }
}

/// What a Host field's value is made of: RFC 3986's host and port.
package enum HostBytes: ByteSet {
    @inline(__always)
    package static func contains(_ byte: UInt8) -> Bool { isMarked(byte, in: table) }

    /// Suspects everything but letters, and what stands from zero to the colon.
    @inline(__always)
    package static func suspects(in block: SIMD16<UInt8>) -> SIMDMask<SIMD16<Int8>> {
        // 0x45 lifts them to the top of the signed range.
        isNoLetter(block) .& isSigned(block, plus: 0x45, lessThan: 0x75)
    }

    @inline(__always)
    package static func suspects(in word: UInt64) -> UInt64 { notBetween(0x30, 0x3A, word) & isNot(0x2E, word) }

    private static var table: StaticString {
        """
        ................\
        ................\
        .x..xxxxxxxxxxx.\
        xxxxxxxxxxxx.x..\
        .xxxxxxxxxxxxxxx\
        xxxxxxxxxxxx.x.x\
        .xxxxxxxxxxxxxxx\
        xxxxxxxxxxx...x.
        """
    }
}

/// What a request target is made of: visible ASCII.
package enum TargetBytes: ByteSet {
    @inline(__always)
    package static func contains(_ byte: UInt8) -> Bool { byte > 0x20 && byte < 0x7F }

    @inline(__always)
    package static func suspects(in block: SIMD16<UInt8>) -> SIMDMask<SIMD16<Int8>> {
        isSigned(block, plus: 1, lessThan: 0x22)
    }

    @inline(__always)
    package static func suspects(in word: UInt64) -> UInt64 { notBetween(0x21, 0x7E, word) }
}

/// What a field value or a reason phrase is made of: no control character but the tab.
package enum ValueBytes: ByteSet {
    @inline(__always)
    package static func contains(_ byte: UInt8) -> Bool { byte >= 0x20 && byte != 0x7F || byte == 0x09 }

    /// Suspects the tab too, and what is not ASCII.
    @inline(__always)
    package static func suspects(in block: SIMD16<UInt8>) -> SIMDMask<SIMD16<Int8>> {
        isSigned(block, plus: 1, lessThan: 0x21)
    }

    @inline(__always)
    package static func suspects(in word: UInt64) -> UInt64 { notBetween(0x20, 0x7E, word) }
}

/// `table` has a letter for each ASCII byte, `x` for those in the set. A literal rather than an array needs no
/// initialization, no allocation and no bounds check.
@inline(__always)
private func isMarked(_ byte: UInt8, in table: StaticString) -> Bool {
    byte < 0x80 && table.utf8Start[Int(byte)] == 0x78
}

/// A letter, its case bit set, is one of the 26 bytes that 5 lifts to the top of the signed range.
@inline(__always)
private func isNoLetter(_ block: SIMD16<UInt8>) -> SIMDMask<SIMD16<Int8>> {
    isSigned(block | SIMD16(repeating: 0x20), plus: 5, lessThan: 0x66)
}

/// Comparing signed bytes is one instruction on x86, comparing unsigned ones two; what wraps around becomes negative.
@inline(__always)
private func isSigned(
    _ block: SIMD16<UInt8>, plus addend: UInt8, lessThan limit: Int8
) -> SIMDMask<SIMD16<Int8>> {
    unsafeBitCast(block &+ SIMD16(repeating: addend), to: SIMD16<Int8>.self) .< SIMD16(repeating: limit)
}

// The bytes of a word, judged without a carry from one to the next: their high bits are left out of the sums.

/// The high bit of each byte that is not from `low` to `high`, both ASCII.
@inline(__always)
private func notBetween(_ low: UInt64, _ high: UInt64, _ word: UInt64) -> UInt64 {
    let low7 = word & ~highBits
    // A sum's high bit tells whether the byte is at least the one bound, or past the other.
    return (~(low7 &+ (0x80 &- low) &* ones) | (low7 &+ (0x7F &- high) &* ones) | word) & highBits
}

/// The high bit of each byte that is not this one, an ASCII one.
@inline(__always)
private func isNot(_ byte: UInt64, _ word: UInt64) -> UInt64 {
    let difference = word ^ byte &* ones
    return ((difference & ~highBits) &+ 0x7F &* ones | difference) & highBits
}

private var ones: UInt64 { 0x0101_0101_0101_0101 }
private var highBits: UInt64 { 0x8080_8080_8080_8080 }
