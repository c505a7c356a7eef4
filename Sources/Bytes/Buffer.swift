/// A growable run of bytes with a reading end and a writing end, one heap allocation that it owns.
///
/// Bytes are appended at the end and consumed from the front. Room is found first by moving what is readable to the
/// front, then by doubling. A buffer never shrinks on its own; ``release()`` gives the memory back. It has no limit of
/// its own: its owner knows how much a peer may make it hold.
public struct Buffer: ~Copyable {
    @usableFromInline var storage: UnsafeMutablePointer<UInt8>
    /// Bytes allocated, read or not.
    public private(set) var capacity: Int
    @usableFromInline var head = 0
    @usableFromInline var tail = 0

    /// A buffer with room for `capacity` bytes; zero allocates nothing until the first append.
    public init(capacity: Int = 0) {
        precondition(capacity >= 0)
        storage = capacity == 0 ? Self.nowhere : .allocate(capacity: capacity)
        self.capacity = capacity
    }

    deinit { if capacity > 0 { storage.deallocate() } }

    /// The address that a buffer without memory points to; never read or written.
    private static var nowhere: UnsafeMutablePointer<UInt8> { UnsafeMutablePointer(mutating: ByteView.empty.start) }

    /// The number of bytes that can be read.
    @inlinable
    public var count: Int { tail &- head }

    /// True if nothing can be read.
    @inlinable
    public var isEmpty: Bool { head == tail }

    /// The bytes that can be read; valid until the buffer is changed.
    @inlinable
    public var readable: ByteView { ByteView(start: storage + head, count: tail &- head) }

    /// The same bytes, to be changed in place; valid until the buffer is changed in any other way.
    public mutating func mutableReadable() -> UnsafeMutableBufferPointer<UInt8> {
        UnsafeMutableBufferPointer(start: storage + head, count: tail &- head)
    }

    /// Forgets `count` bytes at the front.
    @inlinable
    public mutating func consume(_ count: Int) {
        precondition(count >= 0 && count <= self.count, "consumed more than is readable")
        head &+= count
        if head == tail { removeAll() }
    }

    /// Forgets everything past the first `count` bytes.
    @inlinable
    public mutating func truncate(to count: Int) {
        precondition(count >= 0 && count <= self.count, "truncated to more than is readable")
        tail = head &+ count
    }

    /// Forgets everything and keeps the memory.
    @inlinable
    public mutating func removeAll() {
        head = 0
        tail = 0
    }

    /// Forgets everything and gives the memory back.
    public mutating func release() {
        removeAll()
        guard capacity > 0 else { return }
        storage.deallocate()
        storage = Self.nowhere
        capacity = 0
    }

    /// Makes room for at least `count` more bytes and returns all the room there is, to be filled from its front and
    /// then reported to ``commit(_:)``.
    @inlinable
    public mutating func reserve(_ count: Int) -> UnsafeMutableRawBufferPointer {
        if capacity &- tail < count { makeRoom(count) }
        return UnsafeMutableRawBufferPointer(start: storage + tail, count: capacity &- tail)
    }

    /// Says that the first `count` bytes of the room returned by ``reserve(_:)`` were filled.
    @inlinable
    public mutating func commit(_ count: Int) {
        precondition(count >= 0 && count <= capacity &- tail, "committed more than was reserved")
        tail &+= count
    }

    /// Appends the bytes of a view, which must not be of this buffer.
    @inlinable
    public mutating func append(_ bytes: ByteView) {
        guard bytes.count > 0 else { return }
        let room = reserve(bytes.count)
        room.baseAddress!.copyMemory(from: bytes.start, byteCount: bytes.count)
        tail &+= bytes.count
    }

    /// Appends one byte.
    public mutating func append(_ byte: UInt8) {
        if capacity == tail { makeRoom(1) }
        storage[tail] = byte
        tail &+= 1
    }

    /// Appends a number in decimal digits.
    public mutating func append(decimal value: UInt64) {
        let room = reserve(20)
        var rest = value
        var digits = 1
        while rest >= 10 {
            rest /= 10
            digits &+= 1
        }
        rest = value
        var index = digits
        repeat {
            index &-= 1
            room[index] = ASCII.zero &+ UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        } while index > 0
        tail &+= digits
    }

    /// Appends a number in lower-case hexadecimal digits without leading zeros.
    public mutating func append(hexadecimal value: UInt64) {
        var shift = value == 0 ? 0 : (63 - value.leadingZeroBitCount) & ~3
        while shift >= 0 {
            let digit = UInt8(truncatingIfNeeded: (value >> UInt64(shift)) & 15)
            append(digit < 10 ? ASCII.zero &+ digit : 0x61 &- 10 &+ digit)
            shift &-= 4
        }
    }

    @usableFromInline
    mutating func makeRoom(_ count: Int) {
        let used = tail &- head
        if head > 0, capacity &- used >= count {
            storage.update(from: storage + head, count: used)
        } else {
            var larger = capacity < 64 ? 64 : capacity * 2
            if larger < used + count { larger = used + count }
            let moved = UnsafeMutablePointer<UInt8>.allocate(capacity: larger)
            moved.update(from: storage + head, count: used)
            if capacity > 0 { storage.deallocate() }
            storage = moved
            capacity = larger
        }
        head = 0
        tail = used
    }
}
