import Glibc
import Sandbox
import SoakCore

/// Drives a sandbox through a plan and keeps the books.
///
/// Everything happens on the loop's thread, told by the sandbox: an invocation's answer, its end, its environment's end.
final class Driver: Observer {
    /// What was found out so far.
    var findings: Findings
    /// Called now and then while it runs.
    var onProgress: ((Progress) -> Void)?
    /// Called with each thing that must never be, at most a hundred times.
    var onFault: ((String) -> Void)?
    /// Called when all invocations of the plan have ended.
    var onFinish: (() -> Void)?

    private let plan: Plan
    private let loop: EventLoop
    let delays: Delays
    let sandbox: Sandbox
    private let pipe: LedgerPipe
    let extensionName: String
    private let start = Instant.now
    private var told = Instant.now

    /// The next invocation to ask for.
    private var next: UInt32 = 0
    /// Asked for and not ended, by request id.
    private var open: [String: PlannedInvocation] = [:]
    var current: PlannedInvocation?
    var phase = Cause.Phase.starting
    /// Whether the environment of the present invocation was started for it, or began with it.
    private var isWarm = false
    /// A kill of the present plan that waits for the start or the shutdown that an earlier one brings about.
    var waitingKill: Disturbance?
    private var ages: [String: Int] = [:]
    var isStopping = false
    private var toldFaults = 0
    private var lastNote = Instant.now
    /// When the driver last looked at the clock for its own sake, and how late it was at worst since the last START: a
    /// machine that lets nobody run is not the fault of who is watched.
    private var lastBeat = Instant.now
    private var longestPause = Duration.zero
    /// For how long threads had waited for a processor when the present invocation was young; not those of processes that were
    /// started for it, all of whose waiting is its own.
    private var timesInLine: [String: Duration] = [:]
    /// Whether that is to be looked at yet.
    private var isYoung = false

    /// A driver of a sandbox that runs nothing yet; the sandbox's function must find `pipe`.
    init(findings: Findings, loop: EventLoop, sandbox: Sandbox, pipe: LedgerPipe) {
        self.findings = findings
        plan = findings.plan
        self.loop = loop
        delays = Delays(loop: loop)
        self.sandbox = sandbox
        self.pipe = pipe
        extensionName = Settings.fileName(of: sandbox.settings.extensions[0])
        sandbox.observers.append(self)
        sandbox.onClose = { [unowned self] in close() }
    }

    /// Runs the plan to its end, or until ``stop(by:)``.
    func run() throws(Errno) {
        sandbox.start()
        invokeNext()
        beat()
        try loop.run()
        findings.responses.finishPart()
        findings.endings.finishPart()
        findings.seconds = Double((Instant.now - start).nanoseconds) / 1e9
        tellFaults()
        onProgress?(findings.progress(seconds: findings.seconds))
    }

    /// How far the run is.
    var progress: Progress { findings.progress(seconds: Double((Instant.now - start).nanoseconds) / 1e9) }

    /// Whether the sandbox has told of something within the longest time that anything in it may take, and some more: a
    /// start's limit or the function's timeout.
    var isAlive: Bool {
        .now - lastNote < max(sandbox.settings.initLimit ?? .seconds(10), sandbox.settings.timeout) + .seconds(10)
    }

    /// Ends the run early, within a second: what is under way may end by itself, then the environment is ended, then its
    /// processes are killed. The second call kills at once.
    func stop(by signal: StopSignal) {
        guard !isStopping else {
            findings.ledger.blame(.interruption)
            return sandbox.kill()
        }
        isStopping = true
        findings.stopSignal = signal
        delays.after(250_000) { [self] in
            findings.ledger.blame(.interruption)
            sandbox.shutdown()
        }
        delays.after(600_000) { [self] in sandbox.kill() }
    }

    private func close() {
        for invocation in open.values { findings.ledger.withdraw(invocation.number) }
        loop.stop()
    }

    private func tellFaults() {
        guard findings.ledger.faults.count > toldFaults else { return }
        for fault in findings.ledger.faults[toldFaults...] { onFault?(fault) }
        toldFaults = findings.ledger.faults.count
    }

    private func beat() {
        longestPause = max(longestPause, pause)
        lastBeat = .now
        if isYoung {
            isYoung = false
            for process in sandbox.processNumbers.values {
                timesInLine.merge(ProcessProbe.timesInLine(of: process)) { $1 }
            }
        }
        delays.after(100_000) { [self] in beat() }
    }

    /// How late the next beat is.
    private var pause: Duration { .now - lastBeat - .milliseconds(100) }

    private func invokeNext() {
        guard Int(next) < findings.planned, !isStopping else {
            guard open.isEmpty else { return }
            // What overran its deadline on purpose has no later invocation to end in.
            if isStopping { findings.ledger.blame(.interruption) } else { onFinish?() }
            return sandbox.shutdown()
        }
        let invocation = plan.invocation(next)
        next += 1
        findings.ledger.open(invocation)
        let id = sandbox.makeRequestID()
        open[id] = invocation
        sandbox.invoke(Array(String(invocation.number).utf8), id: id) { [self] outcome in check(outcome, of: invocation)
        }
    }

    /// A response must be the one to this very event.
    private func check(_ outcome: Outcome, of invocation: PlannedInvocation) {
        guard case .success(let body, _) = outcome else { return }
        guard body != Array("[\(invocation.number),\(invocation.closures.count)]".utf8) else { return }
        findings.ledger.fault("\(invocation.number): its caller got \(String(decoding: body, as: UTF8.self))")
    }

    // MARK: What the sandbox tells

    func observe(_ happening: Happening, at time: HappeningTime, memory: Int) {
        switch happening {
        case .note(let note): observe(note)
        case .output(let process, let line) where process == extensionName: readExtension(line)
        case .output, .answered, .platform: break
        }
        tellFaults()
    }

    private func observe(_ note: Note) {
        lastNote = .now
        switch note {
        case .initStarted:
            phase = .starting
            isWarm = false
            isYoung = false
            findings.starts += 1
        case .started(let process):
            ages[process] = 0
            strikeIfWaiting(at: .start, process)
        case .invocationStarted(let id, _, _):
            current = open[id]
            longestPause = .zero
            timesInLine = [:]
            isYoung = isWarm
        case .delivered(_, process: "function"):
            phase = .handler
            disturb(at: .handler)
        case .responded(let id, let errorType): responded(id, errorType)
        case .done(_, process: "function"): disturb(at: .polling)
        case .invocationEnded(let report): ended(report)
        case .frozen:
            phase = .frozen
            findings.freezes += 1
        case .stopping:
            phase = .stopping
            for name in ages.keys { strikeIfWaiting(at: .shutdown, name) }
        case .stopped:
            drain()
            findings.ledger.endEnvironment()
            waitingKill = nil
        default: break
        }
    }

    private func responded(_ id: String, _ errorType: String?) {
        guard let invocation = open[id] else { return findings.ledger.fault("an answer to \(id)") }
        // Records there are now were written before the answer was accepted.
        drain()
        phase = .closures
        findings.ledger.promise(invocation.number)
        findings.answered += 1
        if errorType != nil { findings.errors += 1 }
        if (errorType != nil) != (invocation.ending == .error) {
            findings.ledger.fault("\(invocation.number): answered with \(errorType ?? "a response") against the plan")
        }
        disturb(at: .closures)
        if invocation.gap == .none { loop.enqueue { [self] in invokeNext() } }
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
            findings.ledger.excuse(invocation.number)
        }
        let lastEnd = findings.ledger.end(invocation.number)
        measure(invocation, report, lastEnd)
        findings.ended += 1
        for name in ages.keys { ages[name]! += 1 }
        current = nil
        isWarm = true
        goOn(after: invocation, hadAnswer: report.responded != nil)
        if loop.now - told >= .milliseconds(100) {
            told = loop.now
            onProgress?(progress)
        }
    }

    private func failed(_ invocation: PlannedInvocation, _ failure: Failure, hadAnswer: Bool) {
        if failure.isTimeout {
            if invocation.ending == .hang { findings.ledger.blame(.timeout) }
            // One that an earlier invocation left over may be what took too long.
            if invocation.isOverrun || isAfterOverrun(invocation.number) { findings.ledger.blame(.overrunTimeout) }
            if isStarved { findings.ledger.blame(.starvation) }
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

    /// Whether the processes, each by the thread that waited longest, and this one had to wait for a processor through half of the
    /// time that the present invocation had.
    private var isStarved: Bool {
        var timeInLine = max(longestPause, pause)
        if !isYoung {
            for process in sandbox.processNumbers.values {
                let times = ProcessProbe.timesInLine(of: process).map { $1 - (timesInLine[$0] ?? .zero) }
                timeInLine += times.max() ?? .zero
            }
        }
        return timeInLine >= sandbox.settings.timeout / 2
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
        let isDue = findings.ended.isMultiple(of: max(1, findings.planned / 2_000))
        // When everybody is frozen.
        loop.enqueue { [self] in
            if isDue, phase != .starting, phase != .stopping { sample() }
            if case .kill(let victim, let weapon, .frozen, _) = invocation.disturbance { strike(victim, weapon) }
            switch invocation.gap {
            case .none: if !hadAnswer || Int(next) >= findings.planned || isStopping { invokeNext() }
            case .blink: invokeNext()
            case .pause(let microseconds): delays.after(microseconds) { [self] in invokeNext() }
            }
        }
    }

    /// Counts `postinvoke: released ID after N us: REASON`.
    private func readExtension(_ line: ByteView) {
        guard line.starts(with: "postinvoke: released ") else { return }
        var start = line.count
        while start > 0, line[start - 1] != UInt8(ascii: " ") { start -= 1 }
        findings.releases[line.dropFirst(start).string, default: 0] += 1
    }

    private func drain() {
        do throws(Errno) {
            try pipe.drain { record in
                guard let record else { return findings.ledger.fault("a record that is none") }
                if record.kind == .shutdown {
                    findings.shutdownClosures += 1
                } else {
                    findings.ledger.record(record)
                }
            }
        } catch {
            findings.ledger.fault("the ledger's pipe: \(error)")
        }
    }

    private func sample() {
        let place = Double(findings.ended) / Double(findings.planned)
        func look(_ name: String, _ process: pid_t, age: Int) {
            guard let kilobytes = ProcessProbe.residentKilobytes(of: process),
                let descriptors = ProcessProbe.descriptors(of: process)
            else { return }
            findings.usage[name, default: Usage()].add(
                Usage.Sample(place: place, age: age, kilobytes: kilobytes, descriptors: descriptors))
        }
        look("sandbox", getpid(), age: findings.ended)
        for (name, process) in sandbox.processNumbers {
            look(name == "function" ? name : "extension", process, age: ages[name] ?? 0)
        }
    }
}
