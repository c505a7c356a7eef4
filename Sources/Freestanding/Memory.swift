#if FREESTANDING
import CLinux

// Memory for a static executable of one thread, such as the layer's. It stands in for musl's malloc, whose 8 KB of code hold what
// such a one has no use for (threads, checks of the heap, memory given back).
//
// A block has room for a power of two. Freed blocks are kept by that power and never joined, so that what a program holds
// is bounded by the most it ever used of each. Large blocks are mappings of their own and are given back.
//
// Swift reserves malloc's name and its kin's for its runtime: the linker gives them to these functions (layer/musl-sdk).

/// Stands before what the caller sees, which is thereby aligned to 16 bytes.
private struct Block {
    var room: Int
    /// While it is free.
    var next: UnsafeMutablePointer<Block>?
}

private typealias FreeBlocks = UnsafeMutablePointer<Block>?

private var smallestPower: Int { 4 }
private var largestPower: Int { 16 }
private var chunk: Int { 1 << 18 }
private var header: Int { MemoryLayout<Block>.stride }

// A tuple, so that the executable holds it ready-made: nothing can be allocated before these. One place for each power.
nonisolated(unsafe) private var kept:
    (
        FreeBlocks, FreeBlocks, FreeBlocks, FreeBlocks, FreeBlocks, FreeBlocks, FreeBlocks, FreeBlocks, FreeBlocks,
        FreeBlocks, FreeBlocks, FreeBlocks, FreeBlocks, FreeBlocks, FreeBlocks, FreeBlocks, FreeBlocks
    ) = (nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil)
nonisolated(unsafe) private var unused: UnsafeMutableRawPointer?
nonisolated(unsafe) private var left = 0

/// malloc(3).
@c(postinvoke_malloc) func allocate(_ size: Int) -> UnsafeMutableRawPointer? {
    guard let block = take(size) else {
        clinux_set_errno(ENOMEM)
        return nil
    }
    return UnsafeMutableRawPointer(block) + header
}

/// free(3).
@c(postinvoke_free) func release(_ memory: UnsafeMutableRawPointer?) {
    guard let memory else { return }
    let block = (memory - header).assumingMemoryBound(to: Block.self)
    let room = block.pointee.room
    guard room <= 1 << largestPower else {
        munmap(block, header + room)
        return
    }
    withFreeBlocks(of: power(room)) { first in
        block.pointee.next = first
        first = block
    }
}

/// posix_memalign(3), for alignments up to 16 bytes.
@c(postinvoke_posix_memalign) func allocateAligned(
    _ memory: UnsafeMutablePointer<UnsafeMutableRawPointer?>, _ alignment: Int, _ size: Int
) -> Int32 {
    guard alignment <= header else { return EINVAL }
    memory.pointee = allocate(size)
    return memory.pointee == nil ? ENOMEM : 0
}

// Nobody asks for these today. They are here so that libc's, which know another heap, never join.

/// calloc(3).
@c(postinvoke_calloc) func allocateZeroed(_ count: Int, _ size: Int) -> UnsafeMutableRawPointer? {
    fatalError("calloc is not there")
}

/// realloc(3).
@c(postinvoke_realloc) func reallocate(_ memory: UnsafeMutableRawPointer?, _ size: Int)
    -> UnsafeMutableRawPointer?
{
    fatalError("realloc is not there")
}

private func take(_ size: Int) -> UnsafeMutablePointer<Block>? {
    guard size >= 0, size <= Int.max - header else { return nil }
    guard size <= 1 << largestPower else {
        let block = map(header + size)?.assumingMemoryBound(to: Block.self)
        block?.pointee.room = size
        return block
    }
    let power = power(size)
    let block = withFreeBlocks(of: power) { first in
        let block = first
        first = block?.pointee.next
        return block
    }
    return block ?? carve(1 << power)
}

/// Takes a block that was never used.
private func carve(_ room: Int) -> UnsafeMutablePointer<Block>? {
    let size = header + room
    if left < size {
        // The rest is lost; it was never touched, so that it cost no memory.
        unused = map(chunk)
        left = unused == nil ? 0 : chunk
    }
    guard let block = unused?.assumingMemoryBound(to: Block.self) else { return nil }
    unused = UnsafeMutableRawPointer(block) + size
    left -= size
    block.pointee.room = room
    return block
}

/// The power of two that has room for so many bytes.
private func power(_ size: Int) -> Int {
    size <= 1 << smallestPower ? smallestPower : Int.bitWidth - (size - 1).leadingZeroBitCount
}

private func withFreeBlocks<Result>(of power: Int, _ body: (inout FreeBlocks) -> Result) -> Result {
    withUnsafeMutablePointer(to: &kept) { tuple in
        tuple.withMemoryRebound(to: FreeBlocks.self, capacity: largestPower + 1) { body(&$0[power]) }
    }
}

private func map(_ size: Int) -> UnsafeMutableRawPointer? {
    let memory = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    return Int(bitPattern: memory) == -1 ? nil : memory
}
#endif
