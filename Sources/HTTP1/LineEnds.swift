#if !hasFeature(Embedded)
import Bytes

/// Judges the bytes of a section 64 at a time: one bit for each that may end a line, as ``ValueBytes`` suspects it. Of a good
/// line these are CR and LF, and nearly never another.
///
/// The last byte of the view is not judged, so that another one stands behind each that a bit is for. Invariant: nothing is
/// read before the view's first byte, nor behind its last.
package struct LineEnds {
    private let start: UnsafeRawPointer
    /// The number of bytes that are judged.
    let count: Int

    /// The ends in a view of more than sixteen bytes.
    @inline(__always)
    package init(in bytes: ByteView) {
        assert(bytes.count > 16)
        start = UnsafeRawPointer(bytes.start)
        count = bytes.count &- 1
    }

    /// The bits of the 64 bytes from an offset below ``count`` on, the first byte's lowest.
    @inline(__always)
    package func bits(at offset: Int) -> UInt64 {
        assert(offset >= 0 && offset < count)
        guard count &- offset >= 64 else { return lastBits(at: offset) }
        let (first, second) = (trustedBits(at: offset), trustedBits(at: offset &+ 16))
        let (third, fourth) = (trustedBits(at: offset &+ 32), trustedBits(at: offset &+ 48))
        return ~(first | second << 16 | third << 32 | fourth << 48)
    }

    /// The same where fewer are left: the last ones are judged in one block with those before them.
    @inline(never)
    private func lastBits(at offset: Int) -> UInt64 {
        var trusted = ~UInt64(0) << UInt64(truncatingIfNeeded: count &- offset)
        var block = offset
        while count &- block >= 16 {
            trusted |= trustedBits(at: block) << UInt64(truncatingIfNeeded: block &- offset)
            block &+= 16
        }
        if block < count {
            let last = trustedBits(at: count &- 16) >> UInt64(truncatingIfNeeded: block &- (count &- 16))
            trusted |= last << UInt64(truncatingIfNeeded: block &- offset)
        }
        return ~trusted
    }

    @inline(__always)
    private func trustedBits(at offset: Int) -> UInt64 {
        let block = start.loadUnaligned(fromByteOffset: offset, as: SIMD16<UInt8>.self)
        return UInt64(truncatingIfNeeded: laneBits(ValueBytes.trusted(in: block)))
    }
}
#endif
