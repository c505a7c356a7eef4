import Reactor

/// The way by which a function says over a Unix socket's session that an invocation is done, without a request: a piece
/// of memory that both processes see, and an eventfd(2) that wakes the extension.
///
/// | word | written by | content |
/// |--:|---|---|
/// | 0 | the function | the number of the done that the slot has; the first is 1 |
/// | 8 | the extension | the number of the done that it has taken last |
/// | 16 | the function | the number of bytes of the id, 1 to 128 |
/// | 17 to 32 | the function | the id, in the machine's order of bytes, and anything behind it |
///
/// There is one slot. The function writes only while what it wrote before was taken, and the number last (release), so
/// that whoever has seen the number (acquire) sees the slot as well. Then it writes to the eventfd. The words 0, 8 and 16
/// are apart from one another because processors fetch 64 bytes at a time.
///
/// The slot is a stranger's to the extension: it may hold anything, and change while it is read.
package struct DonePage: ~Copyable, Sendable {
    private let memory: SharedMemory
    /// The number of the done that was written last, or read.
    private var number: UInt64 = 0

    private static var written: Int { 0 }
    private static var taken: Int { 8 }
    private static var count: Int { 16 }
    private static var text: Int { 17 }

    package init(_ memory: SharedMemory) { self.memory = memory }

    // MARK: The function's side

    /// True if the extension has taken what was written last.
    package var isFree: Bool { memory.loadAcquiring(Self.taken) == number }

    /// Writes a done, while ``isFree``; false for an id that the slot has no room for.
    package mutating func write(_ id: UnsafeRawBufferPointer) -> Bool {
        guard id.count > 0, id.count <= RequestID.maximumCount else { return false }
        var start = 0
        while start < id.count {
            var word: UInt64 = 0
            let part = UnsafeRawBufferPointer(rebasing: id[start..<min(start + 8, id.count)])
            withUnsafeMutableBytes(of: &word) { $0.copyMemory(from: part) }
            memory.store(Self.text + start / 8, word)
            start += 8
        }
        memory.store(Self.count, UInt64(id.count))
        number &+= 1
        memory.storeReleasing(Self.written, number)
        return true
    }

    // MARK: The extension's side

    /// Reads a done that is new; nil if there is none, or one that makes no sense.
    package mutating func read() -> RequestID? {
        let written = memory.loadAcquiring(Self.written)
        guard written != number else { return nil }
        number = written
        guard let count = Int(exactly: memory.load(Self.count)), count <= RequestID.maximumCount else { return nil }
        return withUnsafeTemporaryAllocation(of: UInt64.self, capacity: RequestID.maximumCount / 8) { copy in
            var index = 0
            while index < copy.count {
                copy[index] = memory.load(Self.text + index)
                index += 1
            }
            return RequestID(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(copy)[..<count]))
        }
    }

    /// Says that the done that was read is taken: the function may write the next.
    package func acknowledge() { memory.storeReleasing(Self.taken, number) }
}
