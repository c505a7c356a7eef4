import PostInvoke
import Reactor
import Synchronization
import Testing

@Suite struct AlarmClockTests {
    /// The alarms that rang, in order; resumes whoever waits for a number of them.
    private final class Rings: Sendable {
        private let state = Mutex((rung: [Int](), waiting: (count: Int, CheckedContinuation<Void, Never>)?.none))

        var all: [Int] { state.withLock { $0.rung } }

        func ring(_ number: Int) {
            let continuation = state.withLock { state -> CheckedContinuation<Void, Never>? in
                state.rung.append(number)
                guard let waiting = state.waiting, state.rung.count >= waiting.count else { return nil }
                state.waiting = nil
                return waiting.1
            }
            continuation?.resume()
        }

        func wait(for count: Int) async {
            await withCheckedContinuation { continuation in
                let isThere = state.withLock { state in
                    if state.rung.count >= count { return true }
                    state.waiting = (count, continuation)
                    return false
                }
                if isThere { continuation.resume() }
            }
        }
    }

    @Test func `Alarms ring at their time, whatever the order in which they were set`() async {
        let clock = AlarmClock()
        let rings = Rings()
        let delays = [60, 10, 30, 0]
        for (number, delay) in delays.enumerated() {
            let soonest = Instant.now + .milliseconds(delay)
            _ = clock.set(after: .milliseconds(delay)) { rings.ring(Instant.now >= soonest ? number : -1) }
        }
        await rings.wait(for: delays.count)
        #expect(rings.all.sorted() == [0, 1, 2, 3])
        #expect(clock.count == 0)
        // The thread sleeps without a date by now, or soon; either way it is reached.
        _ = clock.set(after: .milliseconds(1)) { rings.ring(4) }
        await rings.wait(for: delays.count + 1)
    }

    @Test func `An alarm that was called off leaves nothing behind and does not ring`() async {
        let clock = AlarmClock()
        let rings = Rings()
        for _ in 0..<10_000 { clock.cancel(clock.set(after: .seconds(900)) { rings.ring(0) }) }
        #expect(clock.count == 0)
        // On a machine that is busy enough an alarm may ring before it can be called off: then once more.
        while true {
            let rings = Rings()
            let start = Instant.now
            clock.cancel(clock.set(after: .milliseconds(10)) { rings.ring(1) })
            guard Instant.now - start < .milliseconds(10) else { continue }
            _ = clock.set(after: .milliseconds(15)) { rings.ring(2) }
            await rings.wait(for: 1)
            #expect(rings.all == [2])
            return
        }
    }
}
