import Reactor
import TestSupport
import Testing

@Suite struct AsyncSocketTests {
    private static let anywhere = try! SocketAddress.parse("127.0.0.1:0")

    private static func listener(on loop: EventLoop) throws(Errno) -> AsyncListener {
        try AsyncListener(.listen(on: anywhere), on: loop)
    }

    /// Reads to the end of the stream.
    private nonisolated(nonsending) static func rest(of socket: AsyncSocket) async throws(Errno) -> [UInt8] {
        var buffer = Buffer()
        while try await socket.read(into: &buffer) > 0 {}
        return buffer.readable.array
    }

    @Test(arguments: [0, 1, 1_000, 1_000_000]) func echoes(_ count: Int) throws {
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let loop = try EventLoop()
        let echoed = try loop.run { () throws(Errno) in
            let listener = try Self.listener(on: loop)
            let address = try listener.localAddress()!
            Task(executorPreference: loop) {
                let connection = try await listener.accept()
                var buffer = Buffer()
                while try await connection.read(into: &buffer) > 0 { try await connection.write(&buffer) }
            }
            let connection = try await AsyncSocket.connect(to: address, on: loop)
            async let sent: Void = Self.send(bytes, over: connection)
            let answer = try await Self.rest(of: connection)
            await sent
            return answer
        }
        #expect(echoed == bytes)
    }

    private nonisolated(nonsending) static func send(_ bytes: [UInt8], over socket: AsyncSocket) async {
        var buffer = Buffer(capacity: bytes.count)
        bytes.withByteView { buffer.append($0) }
        try? await socket.write(&buffer)
        try? socket.shutdownWriting()
    }

    @Test func aRefusedConnectionThrows() throws {
        let loop = try EventLoop()
        let address = try AsyncListener(.listen(on: .ofOneTest), on: loop).localAddress()!
        try retry(until: Errno.connectionRefused) {
            try loop.run { () throws(Errno) in _ = try await AsyncSocket.connect(to: address, on: loop) }
        }
    }

    private enum Ending: CaseIterable { case close, cancelled, cancelledBefore }

    /// Lets a task wait and ends its wait; what it is thrown.
    private static func endingAWait(
        _ ending: Ending, on loop: EventLoop, close: @escaping @Sendable () -> Void,
        _ wait: @escaping @Sendable () async throws(Errno) -> Void
    ) async -> Errno? {
        let waiting = Task(executorPreference: loop) { () -> Errno? in
            do throws(Errno) {
                try await wait()
                return nil
            } catch {
                return error
            }
        }
        if ending == .cancelledBefore { waiting.cancel() }
        for _ in 0..<3 { await Task.yield() }
        switch ending {
        case .close: close()
        case .cancelled: waiting.cancel()
        case .cancelledBefore: break
        }
        return await waiting.value
    }

    @Test(arguments: Ending.allCases) private func anAcceptIsEnded(by ending: Ending) throws {
        let loop = try EventLoop()
        let listener = try Self.listener(on: loop)
        let error = loop.run {
            await Self.endingAWait(ending, on: loop, close: listener.close) { () throws(Errno) in
                _ = try await listener.accept()
            }
        }
        #expect(error == .cancelled)
    }

    @Test(arguments: Ending.allCases) private func aReadIsEnded(by ending: Ending) throws {
        let loop = try EventLoop()
        let (left, right) = try Self.pair(on: loop)
        let error = loop.run {
            await Self.endingAWait(ending, on: loop, close: left.close) { () throws(Errno) in
                _ = try await Self.rest(of: left)
            }
        }
        #expect(error == .cancelled)
        withExtendedLifetime(right) {}
    }

    /// Two connected sockets.
    private static func pair(on loop: EventLoop) throws(Errno) -> (AsyncSocket, AsyncSocket) {
        try loop.run { () throws(Errno) in
            let listener = try listener(on: loop)
            let left = try await AsyncSocket.connect(to: try listener.localAddress()!, on: loop)
            return (left, try await listener.accept())
        }
    }

    /// A peer that resets while nobody waits is reported once, not every round.
    @Test func aDeadPeerDoesNotKeepTheLoopBusy() throws {
        let loop = try EventLoop()
        let (left, right) = try Self.pair(on: loop)
        right.close()
        try left.shutdownWriting()
        let deadline = Instant.now + patience
        while try loop.runOnce(until: .now + .milliseconds(20)) > 0 { try #require(Instant.now < deadline) }
        #expect(loop.run { try? await Self.rest(of: left) } == [])
    }

    @Test func hundredsOfConnectionsAtOnce() throws {
        let loop = try EventLoop()
        let total = try loop.run { () throws(Errno) in
            let listener = try Self.listener(on: loop)
            let address = try listener.localAddress()!
            let server = Task(executorPreference: loop) {
                while let connection = try? await listener.accept() {
                    Task(executorPreference: loop) {
                        var buffer = Buffer()
                        while try await connection.read(into: &buffer) > 0 { try await connection.write(&buffer) }
                    }
                }
            }
            let total = await withTaskGroup(of: Int.self) { group in
                for number in 0..<200 {
                    group.addTask {
                        guard let connection = try? await AsyncSocket.connect(to: address, on: loop) else { return 0 }
                        await Self.send([UInt8](repeating: 1, count: number), over: connection)
                        return (try? await Self.rest(of: connection).count) ?? 0
                    }
                }
                return await group.reduce(0, +)
            }
            server.cancel()
            return total
        }
        #expect(total == 199 * 200 / 2)
    }
}
