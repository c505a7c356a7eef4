import Reactor
import Testing

@Suite struct EventLoopStopTests {
    @Test func runEndsAfterTheHandlerThatStopped() throws {
        let loop = try EventLoop()
        var rounds = 0
        let timer = loop.makeTimer { [unowned loop] in loop.stop() }
        let (reader, writer) = try End.pipe()
        defer { extendLifetime((reader, writer)) }
        try writer.send()
        _ = try loop.register(reader.descriptor, for: .read) { _ in
            rounds += 1
            if rounds == 5 { timer.arm(at: Instant(nanoseconds: 0)) }
        }
        try loop.run()
        // Once more, since a timer is due.
        #expect(rounds == 6)
    }

    @Test func stopBeforeRunDoesNothing() throws {
        let loop = try EventLoop()
        var called = 0
        loop.stop()
        loop.enqueue {
            called += 1
            loop.stop()
        }
        try loop.run()
        #expect(called == 1)
    }

    @Test func noHandlerIsCalledAfterStopAndNoEventIsLost() throws {
        let loop = try EventLoop()
        let log = Log()
        let pipes = try (0..<5).map { _ in try End.pipe() }
        defer { extendLifetime(pipes) }
        for (index, pipe) in pipes.enumerated() {
            try pipe.writer.send()
            _ = try loop.register(pipe.reader.descriptor, for: .read) { [unowned loop] _ in
                _ = try? pipe.reader.receive()
                log.entries.append(index)
                loop.stop()
            }
        }
        let timer = loop.makeTimer {
            log.entries.append(5)
            loop.stop()
        }
        timer.arm(at: Instant(nanoseconds: 0))
        loop.enqueue {
            log.entries.append(6)
            loop.stop()
        }
        for calls in 1...7 {
            try loop.run()
            #expect(log.entries.count == calls)
        }
        #expect(log.entries.sorted() == [0, 1, 2, 3, 4, 5, 6])
        #expect(log.entries.suffix(2) == [5, 6])
        #expect(try loop.poll() == 0)
    }

    @Test func dueTimersStayArmed() throws {
        let loop = try EventLoop()
        let log = Log()
        let timers = (0..<4).map { index in
            loop.makeTimer {
                log.entries.append(index)
                loop.stop()
            }
        }
        for timer in timers { timer.arm(at: Instant(nanoseconds: 0)) }
        try loop.run()
        #expect(timers.map(\.isArmed) == [false, true, true, true])
        for _ in 1..<4 { try loop.run() }
        #expect(log.entries == [0, 1, 2, 3])
    }

    @Test func workKeepsItsOrder() throws {
        let loop = try EventLoop()
        let log = Log()
        for index in 0..<4 {
            loop.enqueue {
                log.entries.append(index)
                guard index == 1 else { return }
                loop.enqueue { log.entries.append(9) }
                loop.stop()
            }
        }
        try loop.run()
        #expect(log.entries == [0, 1])
        #expect(try loop.round() == 3)
        #expect(log.entries == [0, 1, 2, 3, 9])
    }
}
