import CLinux
import Reactor
import TestSupport
import Testing

/// One end of a pipe or of a socket pair, as an object that handlers can share and close.
///
/// The optimizer may end a local's life, and so close it, after its last use: a test keeps both ends to its own end.
final class End {
    private(set) var descriptor: FileDescriptor

    init(_ descriptor: consuming FileDescriptor) { self.descriptor = descriptor }

    /// Makes the end ready at the other side, or readable again; nothing here ever fills a pipe.
    func send(_ bytes: ByteView = "x") throws {
        let result = try descriptor.write(bytes)
        try #require(result == .bytes(bytes.count))
    }

    /// Reads what is there, at most `limit` bytes; nil for nothing yet, empty for the end of the stream.
    @discardableResult
    func receive(_ limit: Int = 64) throws -> String? {
        var buffer = Buffer(capacity: limit)
        let room = UnsafeMutableRawBufferPointer(rebasing: buffer.reserve(limit)[..<limit])
        switch try descriptor.read(into: room) {
        case .wouldBlock: return nil
        case .endOfStream: return ""
        case .bytes(let count):
            buffer.commit(count)
            return buffer.readable.string
        }
    }

    /// Reads what comes next, at most 64 bytes; empty for the end of the stream, which may come late where the process
    /// that another test is starting has a copy of the other end.
    func next() throws -> String? {
        try descriptor.waitUntilReadable()
        return try receive()
    }

    /// Ends both directions of a socket, at once, whoever has a copy of it.
    func shutdown() { _ = CLinux.shutdown(descriptor.rawValue, Int32(SHUT_RDWR)) }

    func close() { descriptor = FileDescriptor(rawValue: -1) }

    static func pipe() throws -> (reader: End, writer: End) {
        var numbers: [Int32] = [-1, -1]
        try #require(pipe2(&numbers, O_NONBLOCK | O_CLOEXEC) == 0)
        return (End(FileDescriptor(rawValue: numbers[0])), End(FileDescriptor(rawValue: numbers[1])))
    }

    static func socketPair() throws -> (End, End) {
        var numbers: [Int32] = [-1, -1]
        try #require(socketpair(AF_UNIX, clinux_sock_stream_flags, 0, &numbers) == 0)
        return (End(FileDescriptor(rawValue: numbers[0])), End(FileDescriptor(rawValue: numbers[1])))
    }
}

extension AsyncSocket {
    /// One end of a socket pair, and the other, about which the kernel reports at once.
    static func withPeer(on loop: EventLoop) throws -> (AsyncSocket, End) {
        var numbers: [Int32] = [-1, -1]
        try #require(socketpair(AF_UNIX, clinux_sock_stream_flags, 0, &numbers) == 0)
        let peer = End(FileDescriptor(rawValue: numbers[1]))
        return (try AsyncSocket(Socket(FileDescriptor(rawValue: numbers[0])), on: loop), peer)
    }
}

extension FileDescriptor {
    /// Sleeps until there is something to be read, or the end.
    func waitUntilReadable() throws {
        var poller = try Poller(capacity: 1)
        try poller.add(rawValue, for: .read, token: Token(slot: 0, generation: 1))
        let deadline = Instant.now + patience
        while try poller.wait(until: deadline, now: .now) == 0 {
            try #require(Instant.now < deadline, "waited in vain")
        }
    }
}

extension EventLoop {
    /// Runs rounds until `condition` holds; fails the test when that never comes.
    func runRounds(until condition: () -> Bool) throws {
        let deadline = Instant.now + patience
        while !condition() {
            try #require(Instant.now < deadline, "waited in vain")
            try runOnce(until: deadline)
        }
    }

    /// Runs one round that waits, but not for ever.
    @discardableResult
    func round() throws(Errno) -> Int { try runOnce(until: .now + patience) }

    /// Runs one round that does not wait.
    @discardableResult
    func poll() throws(Errno) -> Int { try runOnce(until: .now) }
}
