#if !hasFeature(Embedded)
import CLinux
import Synchronization

/// The end of the process that SIGTERM asks for, in two phases: first the work under way has time to end, then the calls
/// registered with ``atLast(_:)`` are made, and the process may exit.
///
/// There is one for the process, as there is one signal. Code that takes up work calls ``begin()`` and ``end()`` around it,
/// and learns through ``whenAsked(_:)`` that it is to take up no more. If no work is under way, the second phase begins at
/// once.
///
/// Other code may want the signal, too, and the handler that was installed last receives it:
///
/// - A handler that was installed before ours is called by ours, before anything else.
/// - A handler that was installed after ours would have the signal alone. ``stepInFront()`` then installs ours anew, in
///   front of that one; both end the process together.
/// - Code that reads the signal from a descriptor may receive it without a call of any handler. If a handler installed
///   after ours shows that there may be such code, the two phases begin with exit(3) at the latest.
package final class Termination: Sendable {
    /// That of this process.
    package static let shared = Termination(hearsSignal: true)

    private struct State {
        /// Those that have yet to hear.
        var whenAsked: [@Sendable () -> Void] = []
        var haveAllHeard = false
        var atLast: [@Sendable () -> Void] = []
        var isWatching = false
        var patience = Duration.milliseconds(300)
        var companyTime = Duration.milliseconds(250)
        /// True once somebody has begun the two phases.
        var isEnding = false
        /// Told in words what was left behind.
        var report: @Sendable (String) -> Void = { _ in }
    }

    private let state = Mutex(State())
    private let hearsSignal: Bool
    private let running = Atomic(0)
    private let asked = Atomic(false)
    private let watching = Atomic(false)
    /// True once a handler has been found that was installed after ours.
    private let hasCompany = Atomic(false)
    /// Becomes readable when nothing runs any more; never closed, as the process is about to end.
    private let idle: Int32
    /// Becomes readable when both phases are over; never closed either.
    private let over: Int32

    /// One that hears of no signal, for tests: it is ``run(report:)`` by whoever made it.
    package convenience init() { self.init(hearsSignal: false) }

    private init(hearsSignal: Bool) {
        self.hearsSignal = hearsSignal
        idle = eventfd(0, clinux_eventfd_flags)
        over = eventfd(0, clinux_eventfd_flags)
        precondition(idle >= 0 && over >= 0, "no descriptor for the termination")
    }

    /// The longest time that what runs has to end.
    ///
    /// On Managed Instances AWS's runtime interface emulator gives a function 600 ms between SIGTERM and SIGKILL; the
    /// closures at shutdown have 250 ms of them.
    package var patience: Duration {
        get { state.withLock { $0.patience } }
        set { state.withLock { $0.patience = newValue } }
    }

    /// The time from the signal in which somebody whose handler came after ours may end the process, before we do.
    package var companyTime: Duration {
        get { state.withLock { $0.companyTime } }
        set { state.withLock { $0.companyTime = newValue } }
    }

    /// True once the end has been asked for.
    package var isAsked: Bool { asked.load(ordering: .sequentiallyConsistent) }

    /// Registers what is called first of all, to take up nothing more; it must not block. It is called at once where all that
    /// was registered before has been.
    package func whenAsked(_ body: @escaping @Sendable () -> Void) {
        let isLate = state.withLock { state in
            if !state.haveAllHeard { state.whenAsked.append(body) }
            return state.haveAllHeard
        }
        if isLate { body() }
    }

    /// Registers what is called last, when what ran has ended or its time has; it may block for a time of its own.
    package func atLast(_ body: @escaping @Sendable () -> Void) { state.withLock { $0.atLast.append(body) } }

    /// Something runs that is to be waited for.
    package func begin() { running.add(1, ordering: .sequentiallyConsistent) }

    /// Something has ended whose beginning ``begin()`` reported.
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
    /// - Parameter report: called with a description of what was left behind.
    package func watch(report: @escaping @Sendable (String) -> Void) {
        let isFirst = state.withLock { state in
            guard hearsSignal, !state.isWatching else { return false }
            state.isWatching = true
            state.report = report
            return true
        }
        guard isFirst else { return }
        let arrival = TerminationSignal.install()
        atexit { Termination.shared.endBeforeExit() }
        watching.store(true, ordering: .releasing)
        // A thread of its own, which no blocked executor can keep from running.
        Thread.start {
            while !BlockingPoll.wait(arrival, for: .read, timeout: .seconds(86_400)) {}
            let limit = ContinuousClock.now + self.companyTime
            self.endOnce(waiting: true)
            if self.hasCompany.load(ordering: .acquiring) {
                let left = ContinuousClock.now.duration(to: limit)
                usleep(UInt32(clamping: Int64(left / .microseconds(1))))
            }
            exit(EXIT_SUCCESS)
        }
    }

    /// Has our handler called again if another one has come after it; a system call, and nothing before ``watch(report:)``.
    package func stepInFront() {
        guard watching.load(ordering: .acquiring) else { return }
        state.withLock { _ in
            if TerminationSignal.stepInFront() { hasCompany.store(true, ordering: .releasing) }
        }
    }

    /// Waits for what runs, however long that takes, makes the calls registered with ``atLast(_:)``, and exits: for a process
    /// that ends by itself.
    package func endProcess(code: Int32) -> Never {
        patience = .seconds(86_400)
        endOnce(waiting: true)
        exit(code)
    }

    /// Goes through both phases, or waits for whoever does.
    private func endOnce(waiting: Bool) {
        let (isFirst, report) = state.withLock { state in
            defer { state.isEnding = true }
            return (!state.isEnding, state.report)
        }
        guard isFirst else {
            // Both phases have limits of their own; this one is for a call from within them.
            _ = BlockingPoll.wait(over, for: .read, timeout: .seconds(2))
            return
        }
        run(waiting: waiting, report: report)
        var one: UInt64 = 1
        _ = write(over, &one, 8)
    }

    /// Goes through both phases when the process exits, if that may be because of the signal: code whose handler came
    /// after ours may have ended the process, with or without a call of our handler. Any other end of the process is
    /// none of ours.
    private func endBeforeExit() {
        let isEnding = state.withLock { $0.isEnding }
        guard isEnding || hasCompany.load(ordering: .acquiring) || TerminationSignal.isReplaced else { return }
        // Running work is not waited for: the caller of exit may be a part of it.
        endOnce(waiting: false)
    }

    /// Goes through both phases, blocking the thread, and returns when the process may exit.
    ///
    /// - Parameters:
    ///   - waiting: true if what runs has time to end.
    ///   - report: called with a description of what was left behind.
    package func run(waiting: Bool = true, report: (String) -> Void) {
        asked.store(true, ordering: .sequentiallyConsistent)
        while let call = takeWhenAsked() { call() }
        let patience = patience
        let left = waiting ? waitUntilIdle(patience) : 0
        // Not how many: a runtime that waits for its events counts as one, whatever their number.
        if left > 0 { report("what ran at SIGTERM took longer than \(patience) and was left behind") }
        // Not what is registered meanwhile.
        for call in state.withLock({ $0.atLast }) { call() }
    }

    /// The next one that is to hear of the end; nil when all have.
    private func takeWhenAsked() -> (@Sendable () -> Void)? {
        state.withLock { state in
            state.haveAllHeard = state.whenAsked.isEmpty
            return state.haveAllHeard ? nil : state.whenAsked.removeFirst()
        }
    }

    /// - Returns: the number of things still running when the time had passed.
    private func waitUntilIdle(_ patience: Duration) -> Int {
        let clock = ContinuousClock()
        let limit = clock.now + patience
        while true {
            let left = running.load(ordering: .sequentiallyConsistent)
            guard left > 0, BlockingPoll.wait(idle, for: .read, timeout: clock.now.duration(to: limit)) else {
                return left
            }
            // Work that ended may have started other work: only the count shows.
            var count: UInt64 = 0
            _ = read(idle, &count, 8)
        }
    }
}
#endif
