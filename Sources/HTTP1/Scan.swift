import Bytes

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

/// Finds where a run of allowed bytes ends, eight bytes at a time in an ordinary register; says what ``PlainScan`` says.
///
/// Small where ``BlockScan`` is fast. Invariant: a word is read only where eight bytes are left, a byte only where one is.
package enum WordScan {
    /// The offset of the first byte from `offset` on that is not in the set, or the count.
    package static func end<Set: ByteSet>(of set: Set.Type, in bytes: ByteView, from offset: Int) -> Int {
        precondition(offset >= 0 && offset <= bytes.count, "offset outside the view")
        let start = UnsafeRawPointer(bytes.start)
        var index = offset
        while bytes.count &- index >= 8 {
            let word = UInt64(littleEndian: start.loadUnaligned(fromByteOffset: index, as: UInt64.self))
            let suspects = Set.suspects(in: word)
            if suspects == 0 {
                index &+= 8
            } else {
                index &+= suspects.trailingZeroBitCount &>> 3
                guard Set.contains(bytes.start[index]) else { return index }
                index &+= 1
            }
        }
        while index < bytes.count, Set.contains(bytes.start[index]) { index &+= 1 }
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
        var suspects =
            fourBitsEach(Set.suspects(in: loaded)) & (~0 &<< UInt64(truncatingIfNeeded: 4 &* (offset &- block)))
        while true {
            while suspects != 0 {
                let place = suspects.trailingZeroBitCount
                let index = block &+ place &>> 2
                guard index < bytes.count, Set.contains(bytes.start[index]) else { return index }
                // One of the rare that are allowed: on to the next.
                suspects &= ~15 &<< UInt64(truncatingIfNeeded: place)
            }
            guard step() else { return bytes.count }
            suspects = fourBitsEach(Set.suspects(in: loaded))
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

/// Four bits for each lane, the first lane's lowest: a word, unlike a vector, can be asked for its first bit.
@inline(__always)
private func fourBitsEach(_ mask: SIMDMask<SIMD16<Int8>>) -> UInt64 {
    let pairs = unsafeBitCast(mask, to: SIMD8<UInt16>.self) &>> 4
    // The initializer that truncates a vector would do the same, but is not always inlined.
    var packed = SIMD8<UInt8>()
    for lane in 0..<8 { packed[lane] = UInt8(truncatingIfNeeded: pairs[lane]) }
    return UInt64(littleEndian: unsafeBitCast(packed, to: UInt64.self))
}

extension ByteView {
    /// Whether every byte is in the set; true for no bytes.
    func isMade<Set: ByteSet>(of set: Set.Type) -> Bool {
        #if !hasFeature(Embedded)
        if count >= 16 {
            var scan = BlockScan(self, from: 0)
            return scan.end(of: set, from: 0) == count
        }
        #endif
        return WordScan.end(of: set, in: self, from: 0) == count
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
