import CLinux
import Synchronization

/// The end of the process that SIGTERM asks for, in two phases: what runs may end, then the process takes its leave.
///
/// One for the process, as the signal is. Whoever takes up work says so with ``begin()`` and ``end()``, and hears with
/// ``whenAsked(_:)`` that nothing more is to be taken up. Where nobody does, the second phase begins at once.
package final class Termination: Sendable {
    /// That of this process.
    package static let shared = Termination(hearsSignal: true)

    private struct State {
        var whenAsked: [@Sendable () -> Void] = []
        var atLast: [@Sendable () -> Void] = []
        var isWatching = false
        var patience = Duration.milliseconds(300)
    }

    private let state = Mutex(State())
    private let hearsSignal: Bool
    private let running = Atomic(0)
    private let asked = Atomic(false)
    /// Becomes readable when nothing runs any more; never closed, as the process is about to end.
    private let idle: Int32

    /// One that hears of no signal, for tests: it is ``run(report:)`` by whoever made it.
    package convenience init() { self.init(hearsSignal: false) }

    private init(hearsSignal: Bool) {
        self.hearsSignal = hearsSignal
        idle = eventfd(0, clinux_eventfd_flags)
        precondition(idle >= 0, "no descriptor for the termination")
    }

    /// The longest time that what runs has to end.
    ///
    /// On Managed Instances AWS's runtime interface emulator gives a function 600 ms between SIGTERM and SIGKILL; the
    /// closures at shutdown have 250 ms of them.
    package var patience: Duration {
        get { state.withLock { $0.patience } }
        set { state.withLock { $0.patience = newValue } }
    }

    /// Whether the end has been asked for.
    package var isAsked: Bool { asked.load(ordering: .sequentiallyConsistent) }

    /// Registers what is called first of all, to take up nothing more; it must not block.
    package func whenAsked(_ body: @escaping @Sendable () -> Void) { state.withLock { $0.whenAsked.append(body) } }

    /// Registers what is called last, when what ran has ended or its time has; it may block for a time of its own.
    package func atLast(_ body: @escaping @Sendable () -> Void) { state.withLock { $0.atLast.append(body) } }

    /// Something runs that is to be waited for.
    package func begin() { running.add(1, ordering: .sequentiallyConsistent) }

    /// Something has ended of which ``begin()`` told.
    package func end() {
        let left = running.subtract(1, ordering: .sequentiallyConsistent).newValue
        precondition(left >= 0, "more has ended than began")
        // Whoever waits has set the flag before it looked at the count: one of the two sees the other.
        guard left == 0, isAsked else { return }
        var one: UInt64 = 1
        _ = write(idle, &one, 8)
    }

    /// Takes over SIGTERM, in front of the handler there is; the process then exits with code 0. Nothing happens at
    /// further calls.
    ///
    /// - Parameter report: told in words what was left behind.
    package func watch(report: @escaping @Sendable (String) -> Void) {
        let isFirst = state.withLock { state in
            defer { state.isWatching = true }
            return hearsSignal && !state.isWatching
        }
        guard isFirst else { return }
        let arrival = TerminationSignal.install()
        // A thread of its own, which no blocked executor can keep from running.
        Thread.start {
            while !Readiness.wait(arrival, for: .read, timeout: .seconds(86_400)) {}
            self.run(report: report)
            exit(EXIT_SUCCESS)
        }
    }

    /// Goes through both phases, blocking the thread, and returns when the process may exit.
    package func run(report: (String) -> Void) {
        asked.store(true, ordering: .sequentiallyConsistent)
        let (whenAsked, patience) = state.withLock { ($0.whenAsked, $0.patience) }
        for call in whenAsked { call() }
        let left = waitUntilIdle(patience)
        if left > 0 { report("\(left) of what ran at SIGTERM took longer than \(patience) and was left behind") }
        // Not what is registered meanwhile.
        for call in state.withLock({ $0.atLast }) { call() }
    }

    /// - Returns: how much was still running when the time had passed.
    private func waitUntilIdle(_ patience: Duration) -> Int {
        let clock = ContinuousClock()
        let limit = clock.now + patience
        while true {
            let left = running.load(ordering: .sequentiallyConsistent)
            guard left > 0, Readiness.wait(idle, for: .read, timeout: clock.now.duration(to: limit)) else {
                return left
            }
            // What ended may have left something that begins: only the count tells.
            var count: UInt64 = 0
            _ = read(idle, &count, 8)
        }
    }
}
