import CLinux
import Reactor
import TestSupport
import Testing

@Suite struct SharedMemoryTests {
    @Test func whatOneWritesTheOtherSees() throws {
        let file = try SharedMemory.makeFile()
        let (one, other) = (try SharedMemory(mapping: file), try SharedMemory(mapping: file))
        for word in 0..<SharedMemory.wordCount {
            #expect(other.load(word) == 0)
            one.storeReleasing(word, UInt64(word) + 1)
            #expect(other.loadAcquiring(word) == UInt64(word) + 1)
        }
    }

    @Test func nobodyTakesItAway() throws {
        let file = try SharedMemory.makeFile()
        let isReliable = SharedMemory.isReliable(file)
        #expect(isReliable)
        for size in [0, 8, 4_096] {
            #expect(ftruncate(file.rawValue, size) == -1)
            #expect(Errno.current == Errno(rawValue: EPERM))
        }
        #expect(clinux_fcntl(file.rawValue, clinux_add_seals, 8) == -1)
    }

    @Test func whatOthersCouldTakeAwayIsNotReliedUpon() throws {
        let unsealed = FileDescriptor(rawValue: memfd_create("test", clinux_memfd_flags))
        try #require(ftruncate(unsealed.rawValue, 4_096) == 0)
        let isUnsealedReliable = SharedMemory.isReliable(unsealed)
        #expect(!isUnsealedReliable)
        let small = FileDescriptor(rawValue: memfd_create("test", clinux_memfd_flags))
        try #require(ftruncate(small.rawValue, 8) == 0)
        try #require(clinux_fcntl(small.rawValue, clinux_add_seals, clinux_size_seals) == 0)
        let isSmallReliable = SharedMemory.isReliable(small)
        #expect(!isSmallReliable)
        let event = try FileDescriptor.makeEvent()
        let isEventReliable = SharedMemory.isReliable(event)
        #expect(!isEventReliable)
    }

    /// A pair of descriptors goes with the bytes that it was sent with.
    @Test func aPairIsPassed() throws {
        var numbers: [Int32] = [0, 0]
        try #require(socketpair(AF_UNIX, clinux_sock_stream_flags, 0, &numbers) == 0)
        let sender = Socket(FileDescriptor(rawValue: numbers[0]))
        let receiver = Socket(FileDescriptor(rawValue: numbers[1]))
        let file = try SharedMemory.makeFile()
        let bell = try FileDescriptor.makeEvent()
        let first = try "abc".withByteView { (bytes) throws(Errno) in try sender.write(bytes, passing: file, bell) }
        let second = try "de".withByteView { (bytes) throws(Errno) in try sender.write(bytes) }
        #expect(first == .bytes(3))
        #expect(second == .bytes(2))
        let memory = try SharedMemory(mapping: file)
        var pairs = 0
        var read: [UInt8] = []
        while read.count < 5 {
            let result = try withUnsafeTemporaryAllocation(byteCount: 5, alignment: 1) { (room) throws(Errno) in
                let result = try receiver.read(into: room) { file, bell in
                    pairs += 1
                    (try? SharedMemory(mapping: file))?.store(3, 33)
                    let rings = bell.ring()
                    #expect(rings)
                }
                if case .bytes(let count) = result { read += room[..<count] }
                return result
            }
            guard case .bytes = result else { break }
        }
        #expect(read == Array("abcde".utf8))
        #expect(pairs == 1)
        #expect(memory.load(3) == 33)
        var count: UInt64 = 0
        #expect(CLinux.read(bell.rawValue, &count, 8) == 8)
        #expect(count == 1)
    }
}
