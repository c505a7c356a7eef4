import Reactor
import TestSupport
import Testing

/// A loop at work allocates nothing once its tables have their size. A debug build is held to it only where that holds.
@Suite struct SteadyStateTests {
    private func expectNone(_ allocations: Int?, sourceLocation: SourceLocation = #_sourceLocation) {
        #if !DEBUG
        if let allocations { #expect(allocations == 0, sourceLocation: sourceLocation) }
        #endif
    }

    @Test func theCounterCounts() throws {
        guard let none = countAllocations({}) else { return }
        #expect(none == 0)
        var buffer = Buffer()
        let one = countAllocations { buffer = Buffer(capacity: 100) }
        #expect(one == 1)
        #expect(buffer.capacity == 100)
    }

    /// Two descriptors that answer each other, with a timer that is armed and cancelled and one that fires each round.
    @Test func roundsAllocateNothing() throws {
        let loop = try EventLoop()
        let (left, right) = try End.socketPair()
        defer { extendLifetime((left, right)) }
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: 64, alignment: 1)
        defer { memory.deallocate() }
        let idle = loop.makeTimer { Issue.record("fired") }
        var fired = 0
        let tick = loop.makeTimer { fired += 1 }
        var answers = 0
        for (place, near) in [left, right].enumerated() {
            _ = try loop.register(near.descriptor, for: .read) { [unowned loop] _ in
                _ = try? near.descriptor.read(into: memory)
                idle.arm(after: .seconds(60))
                // By the first of a round alone: what the look before timers reports comes after what is due.
                if place == 0 { tick.arm(at: loop.now) }
                answers += 1
                _ = try? near.descriptor.write("x")
            }
        }
        try left.send()
        for _ in 0..<100 { try loop.runOnce() }
        answers = 0
        fired = 0
        let allocations = try countAllocations {
            for _ in 0..<10_000 {
                try loop.runOnce()
                idle.cancel()
            }
        }
        expectNone(allocations)
        // The answer comes in the same round, since a timer is due.
        #expect(answers == 20_000)
        #expect(fired == 10_000)
    }

    @Test func registeringAndDeregisteringAllocateNothing() throws {
        let loop = try EventLoop()
        let (reader, writer) = try End.pipe()
        defer { extendLifetime((reader, writer)) }
        try writer.send()
        var calls = 0
        let handler: (Event) -> Void = { _ in calls += 1 }
        func once() throws(Errno) {
            let token = try loop.register(reader.descriptor, for: [], handler: handler)
            try loop.reregister(token, for: .read)
            try loop.runOnce()
            loop.deregister(token)
        }
        for _ in 0..<10 { try once() }
        let allocations = try countAllocations { () throws(Errno) in for _ in 0..<1_000 { try once() } }
        expectNone(allocations)
        #expect(calls == 1_010)
    }

    @Test func enqueuingAndWakingAllocateNothing() throws {
        let loop = try EventLoop()
        let waker = try loop.waker()
        var calls = 0
        let work: () -> Void = { calls += 1 }
        loop.onWake = work
        func once() throws(Errno) {
            waker.wake()
            for _ in 0..<5 { loop.enqueue(work) }
            try loop.runOnce()
        }
        for _ in 0..<10 { try once() }
        let allocations = try countAllocations { () throws(Errno) in for _ in 0..<1_000 { try once() } }
        expectNone(allocations)
        #expect(calls == 6_060)
    }

    /// Nothing more to be had, nobody waiting and a connect under way are no errors: the testing library would record a
    /// backtrace of each that is thrown.
    @Test func connectingAcceptingAndAnsweringAllocateNothing() throws {
        let listener = try Socket.listen(on: .loopback(port: 0))
        let address = try #require(try listener.localAddress())
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: 64, alignment: 1)
        defer { memory.deallocate() }
        var poller = try Poller()
        let token = Token(slot: 0, generation: 1)
        try poller.add(listener.descriptor.rawValue, for: .read, token: token)
        func once() throws(Errno) {
            if try listener.accept() != nil { throw .connectionAborted }
            let client = try Socket.connect(to: address)
            _ = try poller.wait(until: .now + patience, now: .now)
            guard let server = try listener.accept() else { throw .connectionAborted }
            guard try server.read(into: memory) == .wouldBlock else { throw .connectionReset }
            try poller.add(server.descriptor.rawValue, for: .read, token: token)
            _ = try client.write("ping")
            _ = try poller.wait(until: .now + patience, now: .now)
            guard try server.read(into: memory) == .bytes(4) else { throw .connectionReset }
            _ = try server.write("pong")
        }
        for _ in 0..<10 { try once() }
        let allocations = try countAllocations { () throws(Errno) in for _ in 0..<100 { try once() } }
        expectNone(allocations)
    }
}
