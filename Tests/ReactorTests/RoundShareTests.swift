import CLinux
import Reactor
import TestSupport
import Testing

/// A task that never has to wait gives the loop back all the same.
@Suite struct RoundShareTests {
    /// The attempts of a round, and the bytes: a system call may take 262,144 when one is left.
    private static let attempts = 256
    private static let bytes = 256 * 4_096 + 262_144

    /// Awaits that end at once, each time again.
    enum Immediate: CaseIterable, Sendable {
        case readAtTheEnd, readOfAClosedSocket, readByACancelledTask
        case writeToNobody, writeOfNothing, writeToAClosedSocket
        case acceptOfAClosedListener, acceptByACancelledTask
        case connectToNobody, connectByACancelledTask, sleepByACancelledTask

        var isCancelled: Bool {
            switch self {
            case .readByACancelledTask, .acceptByACancelledTask, .connectByACancelledTask, .sleepByACancelledTask: true
            default: false
            }
        }
    }

    @Test(arguments: Immediate.allCases) func timersFireBesideWhatNeverWaits(_ immediate: Immediate) throws {
        let loop = try EventLoop()
        let (socket, peer) = try AsyncSocket.withPeer(on: loop)
        let listener = try AsyncListener(.listen(on: .unixOfOneTest), on: loop)
        let address = try #require(try listener.localAddress())
        switch immediate {
        case .readAtTheEnd, .writeToNobody: peer.shutdown()
        case .readOfAClosedSocket, .writeToAClosedSocket: socket.close()
        case .acceptOfAClosedListener: listener.close()
        default: break
        }
        let count = Count()
        count.timer = loop.makeTimer { [unowned count] in count.isOver = true }
        loop.run {
            count.timer?.arm(at: .now)
            if immediate.isCancelled { withUnsafeCurrentTask { $0?.cancel() } }
            var buffer = Buffer()
            while !count.isOver, count.attempts < 20_000 {
                count.attempts += 1
                switch immediate {
                case .readAtTheEnd, .readOfAClosedSocket, .readByACancelledTask:
                    _ = try? await socket.read(into: &buffer)
                case .writeToNobody, .writeToAClosedSocket:
                    buffer.append("x")
                    try? await socket.write(&buffer)
                case .writeOfNothing: try? await socket.write(&buffer)
                case .acceptOfAClosedListener, .acceptByACancelledTask: _ = try? await listener.accept()
                case .connectToNobody: _ = try? await AsyncSocket.connect(to: .unixOfOneTest, on: loop)
                case .connectByACancelledTask: _ = try? await AsyncSocket.connect(to: address, on: loop)
                case .sleepByACancelledTask: try? await loop.sleep(until: .distantFuture)
                }
            }
        }
        #expect(count.isOver)
        #expect(count.attempts > 0)
        #expect(count.attempts <= 2 * Self.attempts)
        withExtendedLifetime((peer, listener)) {}
    }

    /// The bytes that a round moves are bounded, however quick the peer is.
    @Test(arguments: [1, 64, 16_384, 1 << 20]) func readsOfAnyLengthLeaveRounds(_ limit: Int) throws {
        try Self.besideABusyPeer { (socket, count) async throws(Errno) in
            var buffer = Buffer()
            while count.attempts < 20_000, count.bytes < 32 << 20 {
                count.bytes += try await socket.read(into: &buffer, upTo: limit)
                count.attempts += 1
                buffer.removeAll()
            }
        } peer: { peer in
            let block = [UInt8](repeating: 1, count: 65_536)
            while send(peer, block, block.count, clinux_msg_nosignal) > 0 {}
        }
    }

    @Test(arguments: [1, 64, 16_384, 32 << 20]) func writesOfAnyLengthLeaveRounds(_ length: Int) throws {
        try Self.besideABusyPeer { (socket, count) async throws(Errno) in
            var buffer = Buffer(capacity: length)
            while count.attempts < 20_000, count.bytes < 32 << 20 {
                buffer.commit(min(buffer.reserve(length).count, length))
                try await socket.write(&buffer)
                count.attempts += 1
                count.bytes += length
            }
        } peer: { peer in
            var block = [UInt8](repeating: 0, count: 65_536)
            while recv(peer, &block, block.count, 0) > 0 {}
        }
    }

    /// Counts rounds while `body` uses a socket whose peer a thread keeps busy.
    private static func besideABusyPeer(
        _ body: @escaping @Sendable (AsyncSocket, Count) async throws(Errno) -> Void,
        peer: @escaping @Sendable (Int32) -> Void
    ) throws {
        let loop = try EventLoop()
        let (socket, end) = try AsyncSocket.withPeer(on: loop)
        let number = end.descriptor.rawValue
        let flags = clinux_fcntl(number, F_GETFL, 0)
        try #require(clinux_fcntl(number, F_SETFL, flags & ~O_NONBLOCK) == 0)
        let thread = OtherThread { peer(number) }
        let count = Count()
        count.countRounds(of: loop)
        let result = Result { () throws(Errno) in
            try loop.run { () async throws(Errno) in
                try await body(socket, count)
                count.isOver = true
            }
        }
        socket.close()
        thread.join()
        withExtendedLifetime(end) {}
        #expect(throws: Never.self) { try result.get() }
        #expect(count.attempts <= (count.rounds + 1) * attempts)
        #expect(count.bytes <= (count.rounds + 1) * bytes)
    }

    /// Connections that wait already are taken no more than 64 a round.
    @Test func connectionsThatWaitLeaveRounds() throws {
        let loop = try EventLoop()
        let listener = try AsyncListener(.listen(on: .unixOfOneTest, backlog: 1_000), on: loop)
        let address = try #require(try listener.localAddress())
        // Each is closed at once, and waits nevertheless.
        for _ in 0..<500 { _ = try Socket.connect(to: address) }
        let count = Count()
        count.countRounds(of: loop)
        try loop.run { () throws(Errno) in
            for _ in 0..<500 { _ = try await listener.accept() }
            count.isOver = true
        }
        #expect((count.rounds + 1) * 64 >= 500)
    }

    /// Those that never wait have their turns one after the other.
    @Test func noneStarvesTheOthers() throws {
        let loop = try EventLoop()
        let (socket, peer) = try AsyncSocket.withPeer(on: loop)
        peer.shutdown()
        let counts = (0..<5).map { _ in Count() }
        loop.run {
            await withTaskGroup { group in
                for count in counts {
                    group.addTask {
                        var buffer = Buffer()
                        while !counts.contains(where: { $0.attempts == 5_000 }) {
                            count.attempts += 1
                            _ = try? await socket.read(into: &buffer)
                        }
                    }
                }
            }
        }
        #expect(counts.allSatisfy { $0.attempts >= 5_000 - 4 * Self.attempts })
        withExtendedLifetime(peer) {}
    }

    /// Touched on the loop only.
    private final class Count: @unchecked Sendable {
        var attempts = 0
        var bytes = 0
        private(set) var rounds = 0
        var isOver = false
        var timer: EventLoop.Timer?

        /// Counts the rounds from now until it is over.
        func countRounds(of loop: EventLoop) {
            loop.enqueue { [self, unowned loop] in
                rounds += 1
                if !isOver { countRounds(of: loop) }
            }
        }
    }
}
