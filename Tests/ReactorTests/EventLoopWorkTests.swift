import Reactor
import Testing

@Suite struct EventLoopWorkTests {
    @Test func isDoneInOrderAndNeverInsideTheCall() throws {
        let loop = try EventLoop()
        let log = Log()
        for index in 0..<10 { loop.enqueue { log.entries.append(index) } }
        #expect(log.entries.isEmpty)
        #expect(try loop.round() == 10)
        #expect(log.entries == Array(0..<10))
        #expect(try loop.poll() == 0)
    }

    @Test func enqueuedByWorkItWaitsForTheNextRound() throws {
        let loop = try EventLoop()
        let log = Log()
        loop.enqueue {
            log.entries.append(1)
            loop.enqueue { log.entries.append(3) }
        }
        loop.enqueue { log.entries.append(2) }
        #expect(try loop.round() == 2)
        #expect(log.entries == [1, 2])
        #expect(try loop.round() == 1)
        #expect(log.entries == [1, 2, 3])
    }

    @Test func enqueuedByAHandlerItRunsInTheSameRound() throws {
        let loop = try EventLoop()
        let log = Log()
        let timer = loop.makeTimer {
            loop.enqueue { log.entries.append(2) }
            log.entries.append(1)
        }
        timer.arm(at: Instant(nanoseconds: 0))
        #expect(try loop.round() == 2)
        #expect(log.entries == [1, 2])
    }

    @Test func doesNotWaitWhileThereIsWork() throws {
        let loop = try EventLoop()
        var left = 1_000
        func again() {
            left -= 1
            if left > 0 { loop.enqueue(again) } else { loop.stop() }
        }
        loop.enqueue(again)
        try loop.run()
        #expect(left == 0)
    }

    @Test func isLetGoOnceDone() throws {
        let loop = try EventLoop()
        weak var kept: Log?
        do {
            let log = Log()
            kept = log
            loop.enqueue { log.entries.append(1) }
        }
        #expect(kept != nil)
        try loop.round()
        #expect(kept == nil)
    }
}
