import CLinux
import Reactor
import TestSupport
import Testing

/// A cancellation comes to the loop as a job of its own, perhaps when the wait that it is meant for is over.
@Suite struct CancelledWaitTests {
    enum Operation: CaseIterable, Sendable { case read, write, accept }

    /// A task waits, and what it waits for comes; before it runs it is cancelled, and another task begins to wait.
    @Test(arguments: Operation.allCases) func noWaitButItsOwnIsEnded(of operation: Operation) throws {
        let loop = try EventLoop()
        let stage = try Stage(operation, on: loop)
        let (cancelled, other, gate) = (Outcome(), Outcome(), Gate())
        let first = Task(executorPreference: loop) {
            await cancelled.record { () throws(Errno) in try await stage.operate() }
        }
        Task(executorPreference: loop) {
            await gate.wait()
            await other.record { () throws(Errno) in
                try await stage.operate()
                try await stage.operate()
            }
        }
        try loop.runRounds { cancelled.hasBegun && gate.isAwaited }
        stage.makeReady()
        // Of the next round: the event has resumed the first task, which has not run yet. What the other thread hands to the loop
        // comes a round later, when the second task waits.
        loop.enqueue {
            gate.open()
            OtherThread { first.cancel() }.join()
        }
        try loop.round()
        #expect(cancelled.isOver)
        #expect(!other.isOver)
        try loop.round()
        #expect(cancelled.error == .cancelled)
        #expect(!other.isOver)
        try loop.runRounds {
            stage.makeReady()
            return other.isOver
        }
        #expect(other.error == nil)
    }

    /// Something to wait for, and what makes it come.
    private final class Stage: @unchecked Sendable {
        private let operation: Operation
        private let socket: AsyncSocket
        private let peer: End
        private let listener: AsyncListener
        private let address: SocketAddress

        init(_ operation: Operation, on loop: EventLoop) throws {
            self.operation = operation
            let (near, far) = try AsyncSocket.withPeer(on: loop)
            (socket, peer) = (near, far)
            listener = try AsyncListener(.listen(on: .unixOfOneTest), on: loop)
            address = try #require(try listener.localAddress())
        }

        nonisolated(nonsending) func operate() async throws(Errno) {
            var buffer = Buffer()
            switch operation {
            case .read: #expect(try await socket.read(into: &buffer, upTo: 1) == 1)
            case .write:
                // More than the kernel keeps for a reader that does not read.
                buffer.commit(buffer.reserve(4 << 20).count)
                try await socket.write(&buffer)
            case .accept: _ = try await listener.accept()
            }
        }

        func makeReady() {
            do {
                switch operation {
                case .read: try peer.send()
                case .write: while let bytes = try peer.receive(65_536), !bytes.isEmpty {}
                case .accept: _ = try Socket.connect(to: address)
                }
            } catch {
                Issue.record(error)
            }
        }
    }

    /// The outcome of a task. Touched on the loop only, as the gate.
    private final class Outcome: @unchecked Sendable {
        private(set) var hasBegun = false
        private(set) var isOver = false
        private(set) var error: Errno?

        nonisolated(nonsending) func record(_ body: nonisolated(nonsending) () async throws(Errno) -> Void) async {
            hasBegun = true
            do throws(Errno) { try await body() } catch { self.error = error }
            isOver = true
        }
    }

    private final class Gate: @unchecked Sendable {
        private var continuation: CheckedContinuation<Void, Never>?
        var isAwaited: Bool { continuation != nil }

        nonisolated(nonsending) func wait() async { await withCheckedContinuation { continuation = $0 } }

        func open() {
            continuation?.resume()
            continuation = nil
        }
    }
}
