#if !hasFeature(Embedded)
import CLinux
import HostProcess
import Reactor
import Synchronization

/// Calls functions at given times, from one thread for the whole process.
///
/// Alarms that were called off in time leave nothing behind. A cancelled `Task.sleep` would: the sleeper's job stays
/// queued until its time has come, and with a closure in every invocation and deadlines of minutes those add up without
/// end.
package final class AlarmClock: Sendable {
    /// The process's own.
    package static let shared = AlarmClock()

    /// The name of an alarm that was set.
    package struct Alarm: Sendable {
        fileprivate let number: UInt64
    }

    private struct State {
        /// A handful at most: one for each closure that is running.
        var alarms: [UInt64: (at: Instant, ring: @Sendable () -> Void)] = [:]
        var lastNumber: UInt64 = 0
        /// The time at which the thread will look again without being woken; nil before there is a thread.
        var looksAgain: Instant?
    }

    private let state = Mutex(State())
    /// Wakes the thread; never closed, as the thread never ends.
    private let waker: Int32

    package init() {
        waker = eventfd(0, clinux_eventfd_flags)
        precondition(waker >= 0, "no descriptor for the alarm clock")
    }

    /// The number of alarms that are set.
    package var count: Int { state.withLock { $0.alarms.count } }

    /// Has `ring` called once `delay` has passed, unless it is called off before.
    package func set(after delay: Duration, _ ring: @escaping @Sendable () -> Void) -> Alarm {
        let instant = Instant.now + delay
        let (alarm, isFirst, mustWake) = state.withLock { state in
            state.lastNumber += 1
            state.alarms[state.lastNumber] = (instant, ring)
            let isFirst = state.looksAgain == nil
            // Deadlines mostly come one after the other, so that the thread is rarely woken: it finds the later ones when
            // it looks for the earlier.
            let mustWake = state.looksAgain.map { instant < $0 } ?? false
            if isFirst || mustWake { state.looksAgain = instant }
            return (Alarm(number: state.lastNumber), isFirst, mustWake)
        }
        if isFirst { Thread.start { [self] in run() } }
        if mustWake {
            var one: UInt64 = 1
            _ = write(waker, &one, 8)
        }
        return alarm
    }

    /// Calls an alarm off; nothing happens when it has rung.
    package func cancel(_ alarm: Alarm) { _ = state.withLock { $0.alarms.removeValue(forKey: alarm.number) } }

    private func run() -> Never {
        while true {
            let now = Instant.now
            let (due, next) = state.withLock { state in
                let due = state.alarms.filter { $0.value.at <= now }
                for number in due.keys { state.alarms[number] = nil }
                let next = state.alarms.values.map(\.at).min() ?? now + .seconds(86_400)
                state.looksAgain = next
                return (due.values.sorted { $0.at < $1.at }.map(\.ring), next)
            }
            for ring in due { ring() }
            if BlockingPoll.wait(waker, for: .read, timeout: next - .now) {
                var count: UInt64 = 0
                _ = read(waker, &count, 8)
            }
        }
    }
}
#endif
