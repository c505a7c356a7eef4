import Sandbox
import SoakCore

/// One event at a time, frozen in between.
final class SequentialDriver: Driver {
    private var current: PlannedInvocation?
    /// When the driver last looked at the clock for its own sake, and how late it was at worst since the last START: a
    /// machine that lets nobody run is not the fault of who is watched.
    private var lastBeat = Instant.now
    private var longestPause = Duration.zero
    /// For how long threads had waited for a processor when the present invocation was young; not those of processes that were
    /// started for it, all of whose waiting is its own.
    private var runQueueDelays: [String: Duration] = [:]
    /// True while that is still to be looked at.
    private var isYoung = false

    override func goOn() {
        guard hasNext else {
            guard open.isEmpty else { return }
            // A closure that overran its deadline on purpose has no later invocation to end in.
            if isStopping { findings.ledger.attribute(.interruption) } else { onFinish?() }
            return sandbox.shutdown()
        }
        ask()
    }

    override func beat() {
        longestPause = max(longestPause, pause)
        lastBeat = .now
        guard isYoung else { return }
        isYoung = false
        for process in sandbox.processNumbers.values {
            runQueueDelays.merge(ProcessProbe.runQueueDelays(of: process)) { $1 }
        }
    }

    /// The time by which the next beat is late.
    private var pause: Duration { .now - lastBeat - .milliseconds(100) }

    override func observe(_ note: Note) {
        super.observe(note)
        switch note {
        case .initStarted: isYoung = false
        case .invocationStarted(let id, _, _):
            current = open[id]
            longestPause = .zero
            runQueueDelays = [:]
            isYoung = isWarm
        case .delivered(_, process: "function"):
            phase = .handler
            disturb(current, at: .handler)
        case .responded(let id, let errorType): answered(id, errorType)
        case .done(_, process: "function"): disturb(current, at: .polling)
        case .invocationEnded(let report): ended(report)
        case .frozen:
            phase = .frozen
            findings.freezes += 1
        default: break
        }
    }

    private func answered(_ id: String, _ errorType: String?) {
        guard let invocation = responded(id, errorType) else { return }
        phase = .closures
        disturb(current, at: .closures)
        if invocation.gap == .none { loop.enqueue { [self] in goOn() } }
    }

    private func ended(_ report: InvocationReport) {
        guard let invocation = open.removeValue(forKey: report.id) else {
            return findings.ledger.fault("an end of \(report.id)")
        }
        drain()
        if let failure = report.failure {
            failed(invocation, failure, hadAnswer: report.responded != nil)
        } else if report.ended - report.started >= sandbox.settings.timeout / 2, isStarved {
            // Its hold may have ended by the deadline.
            findings.ledger.allowOverrun(invocation.number)
        }
        let lastEnd = findings.ledger.end(invocation.number)
        measure(invocation, report, lastEnd)
        count()
        current = nil
        isWarm = true
        goOn(after: invocation, hadAnswer: report.responded != nil)
    }

    private func failed(_ invocation: PlannedInvocation, _ failure: Failure, hadAnswer: Bool) {
        if failure.isTimeout {
            if invocation.ending == .hang { findings.ledger.attribute(.timeout) }
            // One that an earlier invocation left over may be what took too long.
            if invocation.isOverrun || isAfterOverrun(invocation.number) { findings.ledger.attribute(.overrunTimeout) }
            if isStarved { findings.ledger.attribute(.starvation) }
        }
        guard let cause = findings.ledger.cause else {
            let threads = sandbox.processNumbers.map { "\($0.key): \(ProcessProbe.threads(of: $0.value))" }.sorted()
            return findings.ledger.fault(
                "\(invocation.number): failed: \(failure.type): \(failure.message); \(threads.joined(separator: "; ")); the "
                    + "driver itself once did not run for \(longestPause.nanoseconds / 1_000_000) ms of it")
        }
        if hadAnswer {
            findings.failedBehindAnswer[cause, default: 0] += 1
        } else {
            findings.unanswered[cause, default: 0] += 1
        }
    }

    /// True if the processes, each by the thread that waited longest, and this one had to wait for a processor for at
    /// least half of the time that the present invocation had.
    private var isStarved: Bool {
        var delay = max(longestPause, pause)
        if !isYoung {
            for process in sandbox.processNumbers.values {
                let times = ProcessProbe.runQueueDelays(of: process).map { $1 - (runQueueDelays[$0] ?? .zero) }
                delay += times.max() ?? .zero
            }
        }
        return delay >= sandbox.settings.timeout / 2
    }

    private func isAfterOverrun(_ number: UInt32) -> Bool { number > 0 && plan.invocation(number - 1).isOverrun }

    private func measure(_ invocation: PlannedInvocation, _ report: InvocationReport, _ lastEnd: Int64?) {
        guard invocation.isUndisturbed, isWarm, findings.ledger.cause == nil, report.failure == nil else { return }
        let place = Double(findings.ended) / Double(findings.planned)
        if let responded = report.responded, invocation.delay == 0, !isAfterOverrun(invocation.number) {
            findings.responses.record(nanoseconds: (responded - report.started).nanoseconds, at: place)
        }
        if let lastEnd { findings.endings.record(nanoseconds: report.ended.nanoseconds - lastEnd, at: place) }
    }

    private func goOn(after invocation: PlannedInvocation, hadAnswer: Bool) {
        let isDue = isLookDue
        // When everybody is frozen.
        loop.enqueue { [self] in
            if isDue, phase != .starting, phase != .stopping { sample() }
            if case .kill(let victim, let weapon, .frozen, _) = invocation.disturbance { strike(victim, weapon) }
            switch invocation.gap {
            case .none: if !hadAnswer || !hasNext { goOn() }
            case .blink: goOn()
            case .pause(let microseconds): delays.after(microseconds) { [self] in goOn() }
            }
        }
    }
}
