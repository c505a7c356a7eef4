import Bytes
import CSIMD

/// Finds where a run of allowed bytes ends, one byte after another.
package enum PlainScan {
    /// The offset of the first byte from `offset` on that is not in the set, or the count.
    package static func end<Set: ByteSet>(of set: Set.Type, in bytes: ByteView, from offset: Int) -> Int {
        precondition(offset >= 0 && offset <= bytes.count, "offset outside the view")
        var index = offset
        while index < bytes.count, Set.contains(bytes.start[index]) { index &+= 1 }
        return index
    }
}

/// Finds where a run of allowed bytes ends, sixteen bytes at a time from where it begins; says what ``PlainScan`` says.
///
/// Small where ``BlockScan`` is fast. Invariant: a block is read only where sixteen bytes are left, a byte only where one is.
package enum RunScan {
    /// The offset of the first byte from `offset` on that is not in the set, or the count.
    package static func end<Set: ByteSet>(of set: Set.Type, in bytes: ByteView, from offset: Int) -> Int {
        precondition(offset >= 0 && offset <= bytes.count, "offset outside the view")
        let start = UnsafeRawPointer(bytes.start)
        var index = offset
        while index < bytes.count {
            if bytes.count &- index >= 16 {
                let block = start.loadUnaligned(fromByteOffset: index, as: SIMD16<UInt8>.self)
                let suspects = bits(Set.suspects(in: block))
                if suspects == 0 {
                    index &+= 16
                    continue
                }
                index &+= suspects.trailingZeroBitCount
            }
            guard Set.contains(bytes.start[index]) else { return index }
            index &+= 1
        }
        return index
    }
}

/// Finds the ends of run after run from left to right, sixteen bytes at a time; says what ``PlainScan`` says.
///
/// The blocks of sixteen lie where they lie in the view, not where runs begin: one is loaded when a scan steps into it,
/// and what is in it is found by arithmetic on what was loaded. So the processor may load and judge the next block
/// before it knows where a run in this one ends, and a run costs few instructions that wait for each other.
///
/// Invariant: `0 <= block <= bytes.count`, and memory is read only where an offset is less than `bytes.count`: the last block
/// is filled up with zeros, which are in no set. What a scan returns is a valid offset or `bytes.count`.
package struct BlockScan {
    private let bytes: ByteView
    /// The offset of the block that was loaded last, a multiple of sixteen.
    private var block: Int
    private var loaded: SIMD16<UInt8>

    /// Scans of the view's bytes from `offset` on.
    @inline(__always)
    package init(_ bytes: ByteView, from offset: Int) {
        precondition(offset >= 0 && offset <= bytes.count, "offset outside the view")
        self.bytes = bytes
        block = offset & ~15
        loaded = Self.load(bytes.start + block, bytes.count &- block)
    }

    /// The offset of the first byte from `offset` on that is not in the set, or the count. No scan may begin before the
    /// place where the last one ended.
    @inline(__always)
    package mutating func end<Set: ByteSet>(of set: Set.Type, from offset: Int) -> Int {
        precondition(offset >= block && offset <= bytes.count, "offset before the last scan's end, or outside the view")
        while offset &- block >= 16 {
            guard step() else { return bytes.count }
        }
        var suspects = bits(Set.suspects(in: loaded)) & (~0 &<< UInt32(truncatingIfNeeded: offset &- block))
        while true {
            while suspects != 0 {
                let index = block &+ suspects.trailingZeroBitCount
                guard index < bytes.count, Set.contains(bytes.start[index]) else { return index }
                // One of the rare that are allowed: on to the next.
                suspects &= suspects &- 1
            }
            guard step() else { return bytes.count }
            suspects = bits(Set.suspects(in: loaded))
        }
    }

    /// Loads the next block; false if the view ends before it.
    @inline(__always)
    private mutating func step() -> Bool {
        let next = block &+ 16
        let left = bytes.count &- next
        guard left > 0 else { return false }
        block = next
        loaded = Self.load(bytes.start + next, left)
        return true
    }

    /// As many bytes as there are, and zeros behind them if they are fewer than sixteen.
    @inline(__always)
    private static func load(_ start: UnsafePointer<UInt8>, _ count: Int) -> SIMD16<UInt8> {
        let start = UnsafeRawPointer(start)
        return count >= 16 ? start.loadUnaligned(as: SIMD16<UInt8>.self) : loadPart(start, count)
    }

    /// Fewer than sixteen bytes, and zeros behind them.
    @inline(never)
    private static func loadPart(_ start: UnsafeRawPointer, _ count: Int) -> SIMD16<UInt8> {
        var block = SIMD16<UInt8>()
        withUnsafeMutableBytes(of: &block) { $0.baseAddress!.copyMemory(from: start, byteCount: count) }
        return block
    }
}

/// One bit for each lane, the first lane's lowest.
@_transparent
private func bits(_ mask: SIMDMask<SIMD16<Int8>>) -> UInt32 {
    csimd_lane_bits(unsafeBitCast(mask, to: SIMD16<Int8>.self))
}

extension ByteView {
    /// Whether every byte is in the set; true for no bytes.
    func isMade<Set: ByteSet>(of set: Set.Type) -> Bool { RunScan.end(of: set, in: self, from: 0) == count }

    /// The version whose name the eight bytes from `offset` on are; nil for any others, or fewer.
    @inline(__always)
    func version(at offset: Int) -> HTTPVersion? {
        guard offset >= 0, count &- offset >= 8 else { return nil }
        let word = UInt64(littleEndian: UnsafeRawPointer(start).loadUnaligned(fromByteOffset: offset, as: UInt64.self))
        if word == 0x312E_312F_5054_5448 { return .http11 }
        return word == 0x302E_312F_5054_5448 ? .http10 : nil
    }
}
