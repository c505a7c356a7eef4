import Glibc
import Processes
import Sandbox
import SoakCore

/// Drives a sandbox through a plan and keeps the books: what is common to one event at a time, ``SequentialDriver``, and many,
/// ``ConcurrentDriver``.
///
/// Everything happens on the loop's thread, reported by the sandbox: an invocation's answer, its end, its environment's
/// end.
class Driver: Observer {
    /// The findings so far.
    var findings: Findings
    /// Called now and then while it runs.
    var onProgress: ((Progress) -> Void)?
    /// Called with each thing that must never be, at most a hundred times.
    var onFault: ((String) -> Void)?
    /// Called when all invocations of the plan have ended.
    var onFinish: (() -> Void)?

    let plan: Plan
    let loop: EventLoop
    let delays: Delays
    let sandbox: Sandbox
    let extensionName: String
    private let pipe: LedgerPipe
    private let start = Instant.now
    private var told = Instant.now

    /// The next invocation to ask for.
    private(set) var next: UInt32 = 0
    /// Asked for and not ended, by request id.
    var open: [String: PlannedInvocation] = [:]
    var phase = Cause.Phase.starting
    /// True once an invocation has ended in the present environment.
    var isWarm = false
    /// A kill of a plan that waits for the start or the shutdown that an earlier one brings about.
    var waitingKill: Disturbance?
    private var ages: [String: Int] = [:]
    private(set) var isStopping = false
    private var toldFaults = 0
    private var lastNote = Instant.now

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
        goOn()
        beatAgain()
        try loop.run()
        findings.responses.finishPart()
        findings.endings.finishPart()
        findings.seconds = Double((Instant.now - start).nanoseconds) / 1e9
        tellFaults()
        onProgress?(findings.progress(seconds: findings.seconds))
    }

    // MARK: What differs

    /// Asks for as many invocations as there may be now.
    func goOn() { preconditionFailure("no way to go on") }

    /// Called ten times a second.
    func beat() {}

    /// A closure said something.
    func take(_ record: ClosureRecord) { findings.ledger.record(record) }

    /// Checks what the caller of an invocation got.
    func check(_ outcome: Outcome, of invocation: PlannedInvocation, _ id: String) {
        // A response must be the one to this very event.
        guard case .success(let body, _) = outcome else { return }
        guard body != Array("[\(invocation.number),\(invocation.closures.count)]".utf8) else { return }
        findings.ledger.fault("\(invocation.number): its caller got \(String(decoding: body, as: UTF8.self))")
    }

    /// All processes have ended.
    func endEnvironment(_ report: StopReport) { findings.ledger.endEnvironment() }

    /// Takes the sandbox's reports.
    func observe(_ note: Note) {
        lastNote = .now
        switch note {
        case .initStarted:
            phase = .starting
            isWarm = false
            findings.starts += 1
        case .started(let process):
            ages[process] = 0
            strikeIfWaiting(at: .start, process)
        case .stopping:
            phase = .stopping
            for name in ages.keys { strikeIfWaiting(at: .shutdown, name) }
        case .stopped(let report):
            drain()
            endEnvironment(report)
            waitingKill = nil
        default: break
        }
    }

    // MARK: What is common

    /// Asks for the next invocation of the plan, under a request id that nobody waits under.
    func ask(id: String? = nil) {
        let invocation = plan.invocation(next)
        next += 1
        findings.ledger.open(invocation)
        let id = id ?? sandbox.makeRequestID()
        open[id] = invocation
        sandbox.invoke(Array(String(invocation.number).utf8), id: id) { [self] outcome in
            check(outcome, of: invocation, id)
        }
    }

    /// True if there is something to ask for.
    var hasNext: Bool { Int(next) < findings.planned && !isStopping }

    /// The caller has the function's own answer.
    func responded(_ id: String, _ errorType: String?) -> PlannedInvocation? {
        guard let invocation = open[id] else {
            findings.ledger.fault("an answer to \(id)")
            return nil
        }
        // Records there are now were written before the answer was accepted.
        drain()
        findings.ledger.expect(invocation.number)
        findings.answered += 1
        if errorType != nil { findings.errors += 1 }
        if (errorType != nil) != (invocation.ending == .error) {
            findings.ledger.fault("\(invocation.number): answered with \(errorType ?? "a response") against the plan")
        }
        return invocation
    }

    /// Counts an invocation that has ended, whatever became of it.
    func count() {
        findings.ended += 1
        for name in ages.keys { ages[name]! += 1 }
        guard loop.now - told >= .milliseconds(100) else { return }
        told = loop.now
        onProgress?(progress)
    }

    var progress: Progress { findings.progress(seconds: Double((Instant.now - start).nanoseconds) / 1e9) }

    /// True if the sandbox has reported something within the longest time that anything in it may take, and some more:
    /// a start's limit or the function's timeout.
    var isAlive: Bool {
        .now - lastNote < max(startLimit, sandbox.settings.timeout) + .seconds(10)
    }

    /// The longest time that a start may take.
    var startLimit: Duration { sandbox.settings.initLimit ?? .seconds(10) }

    /// Ends the run early, within a second: what is under way may end by itself, then the environment is ended, then its
    /// processes are killed. The second call kills at once.
    func stop(by signal: StopSignal) {
        guard !isStopping else {
            findings.ledger.attribute(.interruption)
            return sandbox.kill()
        }
        isStopping = true
        findings.stopSignal = signal
        delays.after(250_000) { [self] in
            findings.ledger.attribute(.interruption)
            sandbox.shutdown()
        }
        delays.after(600_000) { [self] in sandbox.kill() }
    }

    private func close() {
        for invocation in open.values { findings.ledger.cancel(invocation.number) }
        loop.stop()
    }

    private func tellFaults() {
        guard findings.ledger.faults.count > toldFaults else { return }
        for fault in findings.ledger.faults[toldFaults...] { onFault?(fault) }
        toldFaults = findings.ledger.faults.count
    }

    private func beatAgain() {
        beat()
        delays.after(100_000) { [self] in beatAgain() }
    }

    // MARK: Reports of the sandbox

    func observe(_ happening: Happening, at time: HappeningTime, memory: Int) {
        switch happening {
        case .note(let note): observe(note)
        case .output(let process, let line) where process == extensionName: readExtension(line)
        case .output, .answered, .platform: break
        }
        tellFaults()
    }

    /// Counts `postinvoke: released ID after N us: REASON`.
    private func readExtension(_ line: ByteView) {
        guard line.starts(with: "postinvoke: released ") else { return }
        var start = line.count
        while start > 0, line[start - 1] != UInt8(ascii: " ") { start -= 1 }
        findings.releases[line.dropFirst(start).string, default: 0] += 1
    }

    /// Takes in what closures have said so far.
    func drain() {
        do throws(Errno) {
            try pipe.drain { record in
                guard let record else { return findings.ledger.fault("a record that is none") }
                if record.kind == .shutdown {
                    findings.shutdownClosures += 1
                } else {
                    take(record)
                }
            }
        } catch {
            findings.ledger.fault("the ledger's pipe: \(error)")
        }
    }

    /// True if it is time to look what the processes have in use.
    var isLookDue: Bool { findings.ended.isMultiple(of: max(1, findings.planned / 2_000)) }

    func sample() {
        let place = Double(findings.ended) / Double(findings.planned)
        func look(_ name: String, _ process: pid_t, age: Int) {
            guard let kilobytes = ProcessProbe.residentKilobytes(of: process),
                let descriptors = ProcessFiles(of: process).descriptorCount
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
