import CSIMD

/// The bytes that may stand at some place, asked for one by one, and sixteen at a time.
package protocol ByteSet {
    /// Returns true if the byte is in the set.
    static func contains(_ byte: UInt8) -> Bool
    /// Marks every byte that is not in the set, and perhaps some that are: ``contains(_:)`` has the last word.
    static func suspects(in block: SIMD16<UInt8>) -> SIMDMask<SIMD16<Int8>>
}

// Comparisons with a repeated vector are one instruction each; those with a single byte, and sums, become a loop over the lanes.
// Transparent, as where size comes first nothing else is sure to be inlined.

/// The bytes of a token (RFC 9110 section 5.6.2).
package enum TokenBytes: ByteSet {
    @inline(__always)
    package static func contains(_ byte: UInt8) -> Bool { isMarked(byte, in: table) }

    /// Suspects everything but letters and the hyphen, of which nearly every field name is made.
    @_transparent
    package static func suspects(in block: SIMD16<UInt8>) -> SIMDMask<SIMD16<Int8>> {
        isNoLetter(block) .& (block .!= SIMD16(repeating: 0x2D))
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

/// The bytes of a Host field's value: RFC 3986's host and port.
package enum HostBytes: ByteSet {
    @inline(__always)
    package static func contains(_ byte: UInt8) -> Bool { isMarked(byte, in: table) }

    /// Suspects everything but letters, the dot, and what stands from zero to the colon.
    @_transparent
    package static func suspects(in block: SIMD16<UInt8>) -> SIMDMask<SIMD16<Int8>> {
        // 0x45 lifts those from zero on to the top of the signed range.
        isNoLetter(block) .& isSigned(block, plus: 0x45, lessThan: 0x75) .& (block .!= SIMD16(repeating: 0x2E))
    }

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

/// The bytes of a request target: visible ASCII.
package enum TargetBytes: ByteSet {
    @inline(__always)
    package static func contains(_ byte: UInt8) -> Bool { byte > 0x20 && byte < 0x7F }

    @_transparent
    package static func suspects(in block: SIMD16<UInt8>) -> SIMDMask<SIMD16<Int8>> {
        isSigned(block, plus: 1, lessThan: 0x22)
    }
}

/// The bytes of a field value or a reason phrase: no control character but the tab.
package enum ValueBytes: ByteSet {
    @inline(__always)
    package static func contains(_ byte: UInt8) -> Bool { byte >= 0x20 && byte != 0x7F || byte == 0x09 }

    /// Suspects the tab too, and what is not ASCII.
    @_transparent
    package static func suspects(in block: SIMD16<UInt8>) -> SIMDMask<SIMD16<Int8>> {
        isSigned(block, plus: 1, lessThan: 0x21)
    }

    /// Marks the others: what is left of a register is then needed no more, which saves copies where blocks are judged side by side.
    @_transparent
    static func trusted(in block: SIMD16<UInt8>) -> SIMDMask<SIMD16<Int8>> {
        unsafeBitCast(csimd_add(block, SIMD16(repeating: 1)), to: SIMD16<Int8>.self) .> SIMD16(repeating: 0x20)
    }
}

/// `table` has a letter for each ASCII byte, `x` for those in the set. A literal rather than an array needs no
/// initialization, no allocation and no bounds check.
@inline(__always)
private func isMarked(_ byte: UInt8, in table: StaticString) -> Bool {
    byte < 0x80 && table.utf8Start[Int(byte)] == 0x78
}

/// A letter, its case bit set, is one of the 26 bytes that 5 lifts to the top of the signed range.
@_transparent
private func isNoLetter(_ block: SIMD16<UInt8>) -> SIMDMask<SIMD16<Int8>> {
    isSigned(csimd_or(block, SIMD16(repeating: 0x20)), plus: 5, lessThan: 0x66)
}

/// Comparing signed bytes is one instruction on x86, comparing unsigned ones two; what wraps around becomes negative.
@_transparent
private func isSigned(
    _ block: SIMD16<UInt8>, plus addend: UInt8, lessThan limit: Int8
) -> SIMDMask<SIMD16<Int8>> {
    unsafeBitCast(csimd_add(block, SIMD16(repeating: addend)), to: SIMD16<Int8>.self) .< SIMD16(repeating: limit)
}
