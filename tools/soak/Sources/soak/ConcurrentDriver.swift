import Sandbox
import SoakCore

/// Keeps as many invocations under way as there are workers: Managed Instances, never frozen.
///
/// An invocation ends with its answer, and its closures go on beside those of others; what becomes of them is looked at when they
/// say so, at its deadline, and when the environment ends.
final class ConcurrentDriver: Driver {
    private let workers: Int
    /// Invocations that an idle worker waits for by plan.
    private var resting = 0
    /// True while events can be delivered; before that they wait for the environment.
    private var isServing = false
    private var isFilling = false
    private var isFinished = false
    /// Request ids that timed out while their handler goes on: the next events have them, as a retry would.
    private var retries: [String] = []
    /// Answered invocations whose closures run, by number.
    private var outstanding: [UInt32: Outstanding] = [:]
    private var waits: ProcessorWaits
    /// When the function was asked to end; nil while it was not.
    private var terminated: Instant?
    private var leftByItself = false
    private var firstStart: Instant?

    private struct Outstanding {
        let started: Instant
        let responded: Instant
        let isMeasured: Bool
    }

    init(workers: Int, findings: Findings, loop: EventLoop, sandbox: Sandbox, pipe: LedgerPipe) {
        self.workers = workers
        let longest = max(sandbox.settings.timeout, sandbox.settings.initLimit ?? .zero)
        waits = ProcessorWaits(memory: longest + .seconds(5))
        super.init(findings: findings, loop: loop, sandbox: sandbox, pipe: pipe)
        self.findings.underWay = 0
    }

    override func goOn() {
        // An event that comes while the environment starts is kept for a worker; later one must be idle.
        while hasNext, open.count + resting < workers, !isServing || sandbox.idleWorkers > 0 {
            ask(id: retries.popLast())
        }
        findings.underWay = open.count
        findings.mostUnderWay = max(findings.mostUnderWay, open.count)
        guard !hasNext, open.isEmpty, !isFinished else { return }
        isFinished = true
        // With closures that still run: they have their time.
        if isStopping { findings.ledger.attribute(.interruption) } else { onFinish?() }
        sandbox.shutdown()
    }

    /// Not at once: the sandbox may be telling something, and an invocation would wait until that is over.
    private func goOnSoon() {
        guard !isFilling else { return }
        isFilling = true
        loop.enqueue { [self] in
            isFilling = false
            goOn()
        }
    }

    override func beat() {
        waits.look(at: sandbox.processNumbers.values)
        drain()
        let late = outstanding.filter { .now - $0.value.started > sandbox.settings.timeout + .seconds(1) }
        for (number, left) in late {
            outstanding[number] = nil
            if isStarved(since: left.started) {
                findings.ledger.allowOverrun(number)
            } else {
                findings.ledger.passDeadline(number)
            }
        }
        guard open.isEmpty, hasNext, isServing, !isAlive, !isFinished else { return }
        isFinished = true
        findings.ledger.fault("no worker comes back for invocation \(next)")
        sandbox.shutdown()
    }

    private func isStarved(since start: Instant) -> Bool {
        waits.longest(since: start, sandbox.processNumbers.values) >= sandbox.settings.timeout / 2
    }

    override func take(_ record: ClosureRecord) {
        let left = outstanding[record.invocation]
        let end = findings.ledger.record(record) { [self] in left.map { isStarved(since: $0.started) } ?? true }
        guard let end, let left = outstanding.removeValue(forKey: record.invocation), left.isMeasured else { return }
        findings.endings.record(nanoseconds: end - left.responded.nanoseconds, at: place)
    }

    private var place: Double { Double(findings.ended) / Double(findings.planned) }

    // MARK: Reports of the sandbox

    override func observe(_ note: Note) {
        super.observe(note)
        switch note {
        case .initStarted, .stopping: isServing = false
        case .initEnded(let report):
            isServing = report.failure == nil
            if isServing { phase = .serving }
        case .workerIdle: goOnSoon()
        case .invocationStarted: if firstStart == nil { firstStart = .now }
        case .delivered(let id, process: "function"): disturb(open[id], at: .handler)
        case .responded(let id, let errorType): disturb(responded(id, errorType), at: .closures)
        case .invocationEnded(let report): ended(report)
        case .notified(process: "function", .terminate):
            terminated = .now
            watchTermination()
        case .exited(process: "function", let end, isExpected: true): leftByItself = end == .code(0)
        default: break
        }
    }

    private func ended(_ report: InvocationReport) {
        guard let invocation = open.removeValue(forKey: report.id) else {
            return findings.ledger.fault("an end of \(report.id)")
        }
        drain()
        let started = Instant(nanoseconds: report.started.nanoseconds)
        if let failure = report.failure {
            failed(invocation, failure, since: started)
            if failure.isTimeout { retries.append(report.id) }
        } else if let responded = report.responded {
            let isMeasured = invocation.isUndisturbed && isWarm && findings.ledger.cause == nil
            if isMeasured, invocation.delay == 0 {
                findings.responses.record(nanoseconds: (responded - report.started).nanoseconds, at: place)
            }
            if !invocation.closures.isEmpty {
                outstanding[invocation.number] = Outstanding(
                    started: started, responded: Instant(nanoseconds: responded.nanoseconds), isMeasured: isMeasured)
            }
        }
        findings.ledger.end(invocation.number)
        isWarm = true
        close(invocation)
    }

    private func failed(_ invocation: PlannedInvocation, _ failure: Failure, since start: Instant) {
        var cause = findings.ledger.cause
        // It is one invocation's alone, and ends nothing else.
        if failure.isTimeout {
            if invocation.ending == .hang { cause = .timeout } else if isStarved(since: start) { cause = .starvation }
        }
        guard let cause else {
            let threads = sandbox.processNumbers.map { "\($0.key): \(ProcessProbe.threads(of: $0.value))" }.sorted()
            return findings.ledger.fault(
                "\(invocation.number): failed: \(failure.type): \(failure.message); \(threads.joined(separator: "; "))")
        }
        findings.unanswered[cause, default: 0] += 1
    }

    /// One that was refused has no START, and so no END.
    override func check(_ outcome: Outcome, of invocation: PlannedInvocation, _ id: String) {
        super.check(outcome, of: invocation, id)
        guard case .failure(let failure) = outcome, open[id]?.number == invocation.number else { return }
        open[id] = nil
        findings.ledger.cancel(invocation.number)
        // A start that fails is the answer to all who waited for it.
        failed(invocation, failure, since: .now + (.zero - startLimit))
        close(invocation)
    }

    private func close(_ invocation: PlannedInvocation) {
        findings.underWay = open.count
        count()
        if let firstStart { findings.servingSeconds = Double((Instant.now - firstStart).nanoseconds) / 1e9 }
        disturb(invocation, at: .polling)
        if isLookDue, isServing { loop.enqueue { [self] in sample() } }
        if case .pause(let microseconds) = invocation.gap {
            resting += 1
            delays.after(microseconds) { [self] in
                resting -= 1
                goOn()
            }
        }
        goOnSoon()
    }

    // MARK: The end of an environment

    /// Looks more often while closures have a short time.
    private func watchTermination() {
        guard terminated != nil, let function = sandbox.processNumbers["function"] else { return }
        waits.look(at: [function])
        delays.after(20_000) { [self] in watchTermination() }
    }

    override func endEnvironment(_ report: StopReport) {
        // Three hundred milliseconds is what the runtime gives, of which closures that do nothing need a few: half of it.
        let isStarved = terminated.map { waits.longest(since: $0, []) >= .milliseconds(150) } ?? false
        if isStarved {
            findings.ledger.attribute(.starvation)
        } else if report.killed.contains("function") {
            findings.ledger.fault("the function did not end by itself at SIGTERM")
        }
        // Of a run that is at its end.
        if !report.isReset { findings.ledger.attribute(.termination) }
        findings.ledger.endEnvironment(isOrderly: terminated != nil && leftByItself && !isStarved)
        outstanding = [:]
        terminated = nil
        leftByItself = false
        goOnSoon()
    }
}
