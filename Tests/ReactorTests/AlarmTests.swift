import Reactor
import Testing

/// Timers that are so far off that the loop sets an alarm for them instead of a timeout.
@Suite struct AlarmTests {
    private let far = Duration.milliseconds(1_050)

    @Test func aFarTimerFiresOnceInTime() throws {
        let loop = try EventLoop()
        var fired: [Instant] = []
        let timer = loop.makeTimer { fired.append(.now) }
        let deadline = Instant.now + far
        timer.arm(at: deadline)
        let rounds = try roundsOf(loop) { !fired.isEmpty }
        #expect(fired[0] >= deadline)
        #expect(rounds < 5)
        #expect(try loop.runOnce(until: .now) == 0)
        #expect(fired.count == 1)
    }

    @Test func anAlarmThatRangInVainIsSetAnew() throws {
        let loop = try EventLoop()
        let cancelled = loop.makeTimer { Issue.record("fired") }
        cancelled.arm(after: far)
        try setAlarm(of: loop)
        cancelled.cancel()
        var fired: Instant?
        let timer = loop.makeTimer { fired = .now }
        let deadline = Instant.now + far * 2
        timer.arm(at: deadline)
        let rounds = try roundsOf(loop) { fired != nil }
        #expect(try #require(fired) >= deadline)
        #expect(rounds < 5)
    }

    @Test func anEarlierTimerDoesNotWaitForTheAlarm() throws {
        let loop = try EventLoop()
        let late = loop.makeTimer { Issue.record("the late timer fired first") }
        late.arm(after: .seconds(100))
        try setAlarm(of: loop)
        for wait in [far, .milliseconds(1)] {
            var fired: Instant?
            let timer = loop.makeTimer { fired = .now }
            let deadline = Instant.now + wait
            timer.arm(at: deadline)
            _ = try roundsOf(loop) { fired != nil }
            #expect(try #require(fired) >= deadline)
        }
        #expect(late.isArmed)
    }

    /// One round that ends at once and yet had to make sure of its timers.
    private func setAlarm(of loop: EventLoop) throws {
        let (reader, writer) = try End.pipe()
        try writer.send("now")
        var hasBeenCalled = false
        let token = try loop.register(reader.descriptor, for: .read) { _ in hasBeenCalled = true }
        try loop.runOnce()
        #expect(hasBeenCalled)
        loop.deregister(token)
    }

    /// The number of rounds it takes; a loop that spins takes many.
    private func roundsOf(_ loop: EventLoop, until isDone: () -> Bool) throws -> Int {
        var rounds = 0
        while !isDone() {
            try loop.runOnce()
            rounds += 1
        }
        return rounds
    }
}
