import CLinux
import Reactor
import Testing

/// The rounds of a loop: who is called, and how often.
@Suite struct EventLoopTests {
    @Test func callsTheHandlerOfAReadyDescriptor() throws {
        let loop = try EventLoop()
        let (reader, writer) = try End.pipe()
        defer { extendLifetime((reader, writer)) }
        var heard: [String] = []
        let token = try loop.register(reader.descriptor, for: .read) { event in
            #expect(event.isReadable)
            if let text = try? reader.receive() { heard.append(text) }
        }
        #expect(try loop.poll() == 0)
        try writer.send("one")
        #expect(try loop.runOnce() == 1)
        #expect(try loop.poll() == 0)
        #expect(heard == ["one"])
        loop.deregister(token)
        try writer.send("two")
        #expect(try loop.poll() == 0)
    }

    @Test func everyReadyDescriptorIsCalledOnceARound() throws {
        let loop = try EventLoop()
        let (greedy, greedyWriter) = try End.pipe()
        defer { extendLifetime((greedy, greedyWriter)) }
        let (modest, modestWriter) = try End.pipe()
        defer { extendLifetime((modest, modestWriter)) }
        var greedyCalls = 0
        var modestCalls = 0
        try greedyWriter.send(ByteView("0123456789"))
        _ = try loop.register(greedy.descriptor, for: .read) { _ in greedyCalls += 1 }
        _ = try loop.register(modest.descriptor, for: .read) { _ in
            modestCalls += 1
            _ = try? modest.receive()
        }
        for round in 1...50 {
            try modestWriter.send()
            #expect(try loop.round() == 2)
            #expect(greedyCalls == round)
            #expect(modestCalls == round)
        }
    }

    /// As after a stop of the whole process: a limit is not judged before what has arrived is read.
    @Test func whatArrivedBeforeATimerWasDueIsDeliveredBefore() throws {
        let loop = try EventLoop()
        let (first, firstWriter) = try End.pipe()
        let (second, secondWriter) = try End.pipe()
        defer { extendLifetime((first, firstWriter, second, secondWriter)) }
        var heard: [String] = []
        let timer = loop.makeTimer { heard.append("timer") }
        let deadline = Instant.now + .milliseconds(1)
        _ = try loop.register(first.descriptor, for: .read) { _ in
            _ = try? first.receive()
            heard.append("first")
            try? secondWriter.send()
            while Instant.now < deadline {}
        }
        _ = try loop.register(second.descriptor, for: .read) { _ in
            _ = try? second.receive()
            heard.append("second")
        }
        timer.arm(at: deadline)
        try firstWriter.send()
        #expect(try loop.round() == 3)
        #expect(heard == ["first", "second", "timer"])
    }

    @Test func aBusyDescriptorDoesNotStarveTimersOrWork() throws {
        let loop = try EventLoop()
        let (reader, writer) = try End.pipe()
        defer { extendLifetime((reader, writer)) }
        try writer.send()
        _ = try loop.register(reader.descriptor, for: .read) { _ in }
        let log = Log()
        let timer = loop.makeTimer { log.entries.append(1) }
        timer.arm(at: .now)
        loop.enqueue { log.entries.append(2) }
        // The descriptor once more, since a timer is due.
        #expect(try loop.round() == 4)
        #expect(log.entries == [1, 2])
    }

    @Test func phasesAreEventsThenTimersThenWork() throws {
        let loop = try EventLoop()
        let (reader, writer) = try End.pipe()
        defer { extendLifetime((reader, writer)) }
        let log = Log()
        let timer = loop.makeTimer { log.entries.append(2) }
        loop.enqueue { log.entries.append(3) }
        timer.arm(at: Instant(nanoseconds: 0))
        try writer.send()
        _ = try loop.register(reader.descriptor, for: .read) { _ in
            log.entries.append(1)
            _ = try? reader.receive()
        }
        #expect(try loop.round() == 3)
        #expect(log.entries == [1, 2, 3])
    }

    @Test func whatIsRegisteredInAHandlerIsHeardFromTheNextRoundOn() throws {
        let loop = try EventLoop()
        let (first, firstWriter) = try End.pipe()
        defer { extendLifetime((first, firstWriter)) }
        let (second, secondWriter) = try End.pipe()
        defer { extendLifetime((second, secondWriter)) }
        try firstWriter.send()
        try secondWriter.send()
        var heard = 0
        _ = try loop.register(first.descriptor, for: .read) { [unowned loop] _ in
            _ = try? first.receive()
            #expect(throws: Never.self) { _ = try loop.register(second.descriptor, for: .read) { _ in heard += 1 } }
        }
        #expect(try loop.round() == 1)
        #expect(heard == 0)
        #expect(try loop.round() == 1)
        #expect(heard == 1)
    }

    @Test func aHangupIsToldWithoutInterest() throws {
        let loop = try EventLoop()
        let (near, far) = try End.socketPair()
        defer { extendLifetime((near, far)) }
        var events: [Event] = []
        _ = try loop.register(near.descriptor, for: []) { events.append($0) }
        try far.send()
        #expect(try loop.poll() == 0)
        far.close()
        #expect(try loop.round() == 1)
        #expect(events.count == 1)
        #expect(events.allSatisfy { $0.isHangup && $0.isReadable && $0.isWritable })
    }

    @Test func reregisterChangesWhatIsTold() throws {
        let loop = try EventLoop()
        let (near, far) = try End.socketPair()
        defer { extendLifetime((near, far)) }
        try far.send()
        var events: [Event] = []
        let token = try loop.register(near.descriptor, for: .read) { events.append($0) }
        try loop.poll()
        try loop.reregister(token, for: .write)
        try loop.poll()
        try loop.reregister(token, for: [.read, .write])
        try loop.reregister(token, for: [.read, .write])
        try loop.poll()
        try loop.reregister(token, for: [])
        #expect(try loop.poll() == 0)
        #expect(events.map(\.isReadable) == [true, false, true])
        #expect(events.map(\.isWritable) == [false, true, true])
    }

    @Test func registeringTwiceThrowsAndLeavesTheFirst() throws {
        let loop = try EventLoop()
        let (reader, writer) = try End.pipe()
        defer { extendLifetime((reader, writer)) }
        var called = 0
        let token = try loop.register(reader.descriptor, for: .read) { _ in called += 1 }
        #expect(throws: Errno(rawValue: EEXIST)) {
            _ = try loop.register(reader.descriptor, for: .read) { _ in Issue.record("called") }
        }
        try writer.send()
        #expect(try loop.round() == 1)
        #expect(called == 1)
        loop.deregister(token)
        #expect(throws: Never.self) { _ = try loop.register(reader.descriptor, for: .read) { _ in } }
    }

    @Test func aStaleTokenDoesNothing() throws {
        let loop = try EventLoop()
        let (reader, writer) = try End.pipe()
        defer { extendLifetime((reader, writer)) }
        var called = 0
        let old = try loop.register(reader.descriptor, for: .read) { _ in Issue.record("called") }
        loop.deregister(old)
        let new = try loop.register(reader.descriptor, for: .read) { _ in called += 1 }
        loop.deregister(old)
        try loop.reregister(old, for: [])
        try writer.send()
        #expect(try loop.round() == 1)
        #expect(called == 1)
        loop.deregister(new)
        loop.deregister(new)
    }

    @Test func deregisteringWhatWasClosedTraps() async {
        await #expect(processExitsWith: .failure) {
            let loop = try EventLoop()
            let (reader, _) = try End.pipe()
            defer { extendLifetime(reader) }
            let token = try loop.register(reader.descriptor, for: .read) { _ in }
            reader.close()
            loop.deregister(token)
        }
    }

    @Test func runningFromAHandlerTraps() async {
        await #expect(processExitsWith: .failure) {
            let loop = try EventLoop()
            loop.enqueue { _ = try? loop.runOnce(until: .now) }
            try loop.round()
        }
    }

    @Test func aDeregisteredHandlerIsLetGo() throws {
        let loop = try EventLoop()
        let (reader, writer) = try End.pipe()
        defer { extendLifetime((reader, writer)) }
        weak var kept: Log?
        let token = try {
            let log = Log()
            kept = log
            return try loop.register(reader.descriptor, for: .read) { _ in log.entries.append(1) }
        }()
        #expect(kept != nil)
        loop.deregister(token)
        #expect(kept == nil)
    }
}
