import Reactor
import TestSupport
import Testing

/// Timers as their queue orders them. Every deadline here has passed, so that one round fires them all.
@Suite struct TimerQueueTests {
    @Test func firesByDeadline() throws {
        let log = Log()
        let loop = try EventLoop()
        let timers = (0..<5).map { index in loop.makeTimer { log.entries.append(index) } }
        for (timer, deadline) in zip(timers, [30, 10, 50, 20, 40] as [Int64]) {
            timer.arm(at: Instant(nanoseconds: deadline))
        }
        #expect(try loop.poll() == 5)
        #expect(log.entries == [1, 3, 0, 4, 2])
    }

    @Test func firesEqualDeadlinesInTheOrderOfArming() throws {
        let log = Log()
        let loop = try EventLoop()
        let timers = (0..<20).map { index in loop.makeTimer { log.entries.append(index) } }
        for timer in timers { timer.arm(at: Instant(nanoseconds: 7)) }
        timers[4].arm(at: Instant(nanoseconds: 7))
        try loop.poll()
        #expect(log.entries == Array(0..<4) + Array(5..<20) + [4])
    }

    @Test func armingAgainMovesEarlierOrLater() throws {
        let log = Log()
        let loop = try EventLoop()
        let timers = (0..<3).map { index in loop.makeTimer { log.entries.append(index) } }
        for (index, timer) in timers.enumerated() { timer.arm(at: Instant(nanoseconds: 100 + Int64(index))) }
        timers[2].arm(at: Instant(nanoseconds: 1))
        timers[0].arm(at: Instant(nanoseconds: 1_000))
        #expect(try loop.poll() == 3)
        #expect(log.entries == [2, 1, 0])
    }

    /// 10,000 random arms, moves, cancels and rounds against an array that is sorted each time.
    @Test(arguments: 1...10 as ClosedRange<UInt64>)
    func behavesAsASortedArray(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let log = Log()
        let loop = try EventLoop()
        let timers = (0..<100).map { index in loop.makeTimer { log.entries.append(index) } }
        var model: [(deadline: Int64, order: Int, timer: Int)] = []
        for step in 0..<10_000 {
            let index = Int(random.next() % 100)
            switch random.next() % 100 {
            case 0..<60:
                // Few different deadlines, so that many are equal; some lie in the far future and never fire.
                let far = random.chance(1, in: 4)
                let deadline = Int64(random.next() % 50) + (far ? .max - 100 : 0)
                timers[index].arm(at: Instant(nanoseconds: deadline))
                model.removeAll { $0.timer == index }
                model.append((deadline, step, index))
            case 60..<98:
                timers[index].cancel()
                model.removeAll { $0.timer == index }
            default:
                let due = model.filter { $0.deadline < 100 }.sorted {
                    ($0.deadline, $0.order) < ($1.deadline, $1.order)
                }
                log.entries = []
                #expect(try loop.poll() == due.count, "seed \(seed), step \(step)")
                #expect(log.entries == due.map(\.timer), "seed \(seed), step \(step)")
                model.removeAll { $0.deadline < 100 }
            }
            let isArmed = model.contains { $0.timer == index }
            try #require(timers[index].isArmed == isArmed, "seed \(seed), step \(step)")
        }
        // An armed timer and its loop hold each other as long as the queue does not let go.
        for timer in timers { timer.cancel() }
    }
}

/// The events, in order.
final class Log {
    var entries: [Int] = []
}
