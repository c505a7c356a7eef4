import Bytes
import CSIMD

/// Finds where a run of allowed bytes ends, one byte after another.
package enum PlainScan {
    /// The offset of the first byte from `offset` on that is not in the set, or the count.
    package static func end<Set: ByteSet>(of set: Set.Type, in bytes: ByteView, from offset: Int) -> Int {
        assert(offset >= 0 && offset <= bytes.count)
        var index = offset
        while index < bytes.count, Set.contains(bytes.start[index]) { index &+= 1 }
        return index
    }
}

/// Finds where a run of allowed bytes ends, sixteen bytes at a time from where it begins; says what ``PlainScan`` says.
///
/// Invariant: a block is read only where sixteen bytes are left; the last bytes are for ``PlainScan``.
package enum RunScan {
    /// The offset of the first byte from `offset` on that is not in the set, or the count.
    package static func end<Set: ByteSet>(of set: Set.Type, in bytes: ByteView, from offset: Int) -> Int {
        precondition(offset >= 0 && offset <= bytes.count, "offset outside the view")
        return inlinedEnd(of: set, in: bytes, from: offset)
    }

    /// The same without a call, for where run follows run; `offset` is known to be at most the count.
    @inline(__always)
    static func inlinedEnd<Set: ByteSet>(of set: Set.Type, in bytes: ByteView, from offset: Int) -> Int {
        assert(offset >= 0 && offset <= bytes.count)
        let start = UnsafeRawPointer(bytes.start)
        let lastBlock = bytes.count &- 16
        var index = offset
        while index <= lastBlock {
            let block = start.loadUnaligned(fromByteOffset: index, as: SIMD16<UInt8>.self)
            var suspects = laneBits(Set.suspects(in: block))
            while suspects != 0 {
                let suspect = index &+ suspects.trailingZeroBitCount
                guard Set.contains(bytes.start[suspect]) else { return suspect }
                // One of the rare that are allowed: on to the next.
                suspects &= suspects &- 1
            }
            index &+= 16
        }
        return PlainScan.end(of: set, in: bytes, from: index)
    }
}

/// One bit for each lane, the first lane's lowest.
@_transparent
func laneBits(_ mask: SIMDMask<SIMD16<Int8>>) -> UInt32 {
    csimd_lane_bits(unsafeBitCast(mask, to: SIMD16<Int8>.self))
}

extension ByteView {
    /// Returns true if every byte is in the set, and for no bytes.
    func isMade<Set: ByteSet>(of set: Set.Type) -> Bool {
        #if !hasFeature(Embedded)
        if count >= 8, count <= 16 {
            // Most names and many values: one block of the first eight bytes and the last, some of which may be the same.
            let memory = UnsafeRawPointer(start)
            let first = memory.loadUnaligned(as: SIMD8<UInt8>.self)
            let last = memory.loadUnaligned(fromByteOffset: count &- 8, as: SIMD8<UInt8>.self)
            if laneBits(Set.suspects(in: SIMD16(lowHalf: first, highHalf: last))) == 0 { return true }
        }
        #endif
        return RunScan.end(of: set, in: self, from: 0) == count
    }

    /// The version whose name the eight bytes from `offset` on are; nil for any others, or fewer.
    @inline(__always)
    func version(at offset: Int) -> HTTPVersion? {
        guard offset >= 0, count &- offset >= 8 else { return nil }
        let word = UInt64(littleEndian: UnsafeRawPointer(start).loadUnaligned(fromByteOffset: offset, as: UInt64.self))
        if word == 0x312E_312F_5054_5448 { return .http11 }
        return word == 0x302E_312F_5054_5448 ? .http10 : nil
    }
}
