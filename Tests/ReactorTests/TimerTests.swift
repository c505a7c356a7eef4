import Reactor
import TestSupport
import Testing

@Suite struct TimerTests {
    @Test func firesOnceAndIsThenNotArmed() throws {
        var fired = 0
        let loop = try EventLoop()
        let timer = loop.makeTimer { fired += 1 }
        #expect(!timer.isArmed)
        timer.arm(after: .zero)
        #expect(timer.isArmed)
        try loop.runRounds { fired > 0 }
        #expect(!timer.isArmed)
        try loop.poll()
        #expect(fired == 1)
    }

    @Test func neverFiresBeforeItsDeadline() throws {
        var random = SeededGenerator(seed: 1)
        let loop = try EventLoop()
        for _ in 0..<20 {
            let deadline = Instant.now.advanced(byNanoseconds: Int64(random.next() % 3_000_000))
            var fired: Instant?
            let timer = loop.makeTimer { fired = .now }
            timer.arm(at: deadline)
            try loop.runRounds { fired != nil }
            #expect(try #require(fired) >= deadline)
            #expect(loop.now >= deadline)
        }
    }

    @Test func aCancelledTimerDoesNotFire() throws {
        let loop = try EventLoop()
        let timer = loop.makeTimer { Issue.record("fired") }
        timer.cancel()
        timer.arm(at: Instant(nanoseconds: 0))
        timer.cancel()
        #expect(!timer.isArmed)
        #expect(try loop.poll() == 0)
        timer.cancel()
    }

    @Test func aHandlerMayCancelATimerThatIsDueInTheSameRound() throws {
        let loop = try EventLoop()
        let second = loop.makeTimer { Issue.record("fired") }
        let first = loop.makeTimer { second.cancel() }
        first.arm(at: Instant(nanoseconds: 1))
        second.arm(at: Instant(nanoseconds: 2))
        #expect(try loop.poll() == 1)
        #expect(!second.isArmed)
    }

    @Test func armedForThePastByAHandlerItFiresInTheNextRound() throws {
        let loop = try EventLoop()
        var fired = 0
        let other = loop.makeTimer { fired += 1 }
        let first = loop.makeTimer { other.arm(at: Instant(nanoseconds: 0)) }
        first.arm(at: Instant(nanoseconds: 1))
        #expect(try loop.poll() == 1)
        #expect(fired == 0)
        #expect(try loop.poll() == 1)
        #expect(fired == 1)
    }

    /// A timer that always arms itself for a time before everybody else's must not keep the others from firing.
    @Test func aTimerThatArmsItselfForThePastStarvesNobody() throws {
        let loop = try EventLoop()
        let log = Log()
        var greedy: EventLoop.Timer?
        greedy = loop.makeTimer {
            log.entries.append(0)
            greedy?.arm(at: Instant(nanoseconds: 0))
        }
        let modest = loop.makeTimer { log.entries.append(1) }
        greedy?.arm(at: Instant(nanoseconds: 0))
        modest.arm(at: Instant(nanoseconds: 5))
        try loop.poll()
        #expect(log.entries == [0, 1])
        try loop.poll()
        #expect(log.entries == [0, 1, 0])
        greedy?.cancel()
        greedy = nil
    }

    @Test func aHandlerThatMovesADueTimerPutsItOff() throws {
        let loop = try EventLoop()
        var fired = 0
        let second = loop.makeTimer { fired += 1 }
        let first = loop.makeTimer { second.arm(after: .seconds(3_600)) }
        first.arm(at: Instant(nanoseconds: 1))
        second.arm(at: Instant(nanoseconds: 2))
        #expect(try loop.poll() == 1)
        #expect(fired == 0)
        #expect(second.isArmed)
        second.cancel()
    }

    @Test func theRoundsDeadlineEndsTheWaitBeforeALaterTimer() throws {
        let loop = try EventLoop()
        let timer = loop.makeTimer { Issue.record("fired") }
        timer.arm(after: .seconds(3_600))
        let deadline = Instant.now + .milliseconds(2)
        #expect(try loop.runOnce(until: deadline) == 0)
        #expect(Instant.now >= deadline)
        timer.cancel()
    }

    @Test func anArmedTimerIsKeptAlive() throws {
        let loop = try EventLoop()
        var fired = false
        loop.makeTimer { fired = true }.arm(at: Instant(nanoseconds: 1))
        try loop.poll()
        #expect(fired)
    }

    @Test func aLoopWithAnArmedTimerIsFreed() throws {
        weak var freed: EventLoop?
        let timer = try {
            let loop = try EventLoop()
            freed = loop
            let timer = loop.makeTimer { Issue.record("fired") }
            timer.arm(after: .seconds(3_600))
            return timer
        }()
        #expect(freed == nil)
        #expect(!timer.isArmed)
        timer.arm(after: .zero)
        timer.cancel()
    }
}
