import CLinux
import Reactor
import Synchronization
import TestSupport
import Testing

/// One loop, driven round by round, and the sockets of a test that live on it.
final class Bench {
    /// The kind of socket a test runs over.
    enum Transport: CaseIterable {
        case tcp, unix
    }

    let loop: EventLoop

    init() throws { loop = try EventLoop() }

    /// An address that nobody listens on: a free port of the loopback, or a new abstract name.
    func freshAddress(_ transport: Transport) -> SocketAddress {
        guard transport == .unix else { return .loopback(port: 0) }
        let number = Self.names.add(1, ordering: .relaxed).newValue
        return .unix([0] + "postinvoke-test-\(getpid())-\(number)".utf8)
    }

    /// A listener at a fresh address. Small kernel buffers are inherited by what it accepts.
    func listen(_ transport: Transport, backlog: Int32 = 128, kernelBuffers: Int32? = nil) throws -> Socket {
        let socket = try Socket.listen(on: freshAddress(transport), backlog: backlog)
        if let kernelBuffers { socket.setKernelBuffers(kernelBuffers) }
        return socket
    }

    /// A peer that connects to `address`.
    func connect(_ address: SocketAddress, kernelBuffers: Int32? = nil) throws -> Peer {
        let socket = try Socket.connect(to: address)
        if let kernelBuffers { socket.setKernelBuffers(kernelBuffers) }
        return try Peer(socket, loop: loop)
    }

    /// Runs the loop until something is so; the test fails if that never comes.
    func run(
        _ what: Comment? = nil, sourceLocation: SourceLocation = #_sourceLocation, until condition: () throws -> Bool
    ) throws {
        let deadline = Instant.now + patience
        while try !condition() {
            try #require(.now < deadline, what ?? "not within the time", sourceLocation: sourceLocation)
            try loop.runOnce(until: deadline)
        }
    }

    /// Runs the loop for a time, at least one round, for what must not happen in it.
    ///
    /// - Returns: the number of rounds.
    @discardableResult
    func run(for duration: Duration) throws -> Int {
        let deadline = Instant.now + duration
        var rounds = 0
        repeat {
            try loop.runOnce(until: deadline)
            rounds += 1
        } while .now < deadline
        return rounds
    }

    /// Has `peer` send `piece` again and again until something is so.
    ///
    /// - Parameter interval: between two pieces, on a machine that has time.
    /// - Returns: the longest that the other end may have waited for a piece.
    func trickle(
        _ piece: String, from peer: Peer, every interval: Duration, until condition: () -> Bool
    ) throws -> Duration {
        let deadline = Instant.now + patience
        var previous = Instant.now
        var longest = Duration.zero
        repeat {
            try #require(.now < deadline, "trickles for ever")
            let start = Instant.now
            peer.send(piece)
            try run(for: interval)
            longest = max(longest, .now - previous)
            previous = start
        } while !condition()
        return longest
    }

    /// Runs the loop until nothing is ready, nor becomes so within `pause`. What is sent over a Unix socket has arrived when
    /// the call returns, so that all its consequences have come about without a pause; over TCP that is only likely.
    func settle(for pause: Duration = .zero, sourceLocation: SourceLocation = #_sourceLocation) throws {
        for _ in 0..<100_000 where try loop.runOnce(until: .now + pause) == 0 { return }
        Issue.record("the loop does not come to rest", sourceLocation: sourceLocation)
    }

    private static let names = Atomic(0)
}

extension Socket {
    /// Makes the kernel's buffers small, so that little is enough to fill them.
    func setKernelBuffers(_ size: Int32) {
        var value = size
        let length = socklen_t(MemoryLayout<Int32>.size)
        setsockopt(descriptor.rawValue, SOL_SOCKET, SO_SNDBUF, &value, length)
        setsockopt(descriptor.rawValue, SOL_SOCKET, SO_RCVBUF, &value, length)
    }
}
