/// Makes what the service has to say of what happens.
struct PlatformRecords {
    /// The trace headers of invocations that were asked for.
    private var traces: [String: String] = [:]
    /// The events that each extension registered for, by its name.
    private var asked: [String: ExtensionEvents] = [:]
    private var phase = InitPhase.initial
    private var isInitDone = false
    /// True from the first sign of an environment to its end.
    private var isUp = false
    /// An invocation that begins with an initialization: its START comes behind that.
    private var held: String?
    /// The invocations under way whose function's part is not over.
    private var running: [String: PlatformRecord.RuntimeDone] = [:]

    /// Keeps the trace header of an invocation.
    mutating func expect(_ id: String, trace: String) { traces[id] = trace }

    /// The records of something that happened, often none.
    mutating func records(for happening: Happening, at time: HappeningTime, memory: Int) -> [PlatformRecord] {
        switch happening {
        case .output, .platform: return []
        case .answered(let id, let outcome, let after):
            if case .success(let body, _) = outcome { running[id]?.producedBytes = body.count }
            // A refused invocation has no START, and so no END that would forget it.
            if case .failure(let failure) = outcome, failure.isRefusal { traces[id] = nil }
            return [PlatformRecord(.response(id: id, outcome, after: after), at: time)]
        case .note(let note): return records(for: note, at: time, memory: memory)
        }
    }

    private mutating func records(for note: Note, at time: HappeningTime, memory: Int) -> [PlatformRecord] {
        func record(_ kind: PlatformRecord.Kind) -> PlatformRecord { PlatformRecord(kind, at: time) }
        switch note {
        case .initStarted(let phase):
            self.phase = phase
            isInitDone = false
            isUp = true
            asked = [:]
            return [record(.initStart(phase))]
        case .registered(let name, let events):
            asked[name] = events
            return []
        case .subscribed(let name, let subscription): return [record(.subscription(name: name, subscription.types))]
        case .ready(let process):
            guard asked[process] == nil else { return [] }
            isInitDone = true
            return [record(.initRuntimeDone(phase, nil))]
        case .initEnded(let report):
            // A function that never asked for an event never said that it was done.
            let done = isInitDone ? [] : [record(.initRuntimeDone(report.phase, report.failure))]
            let start = held.map { PlatformRecord(.start(id: $0), at: time, trace: traces[$0] ?? "") }
            held = nil
            return done + report.extensions.map { record(.extension($0)) } + [record(.initReport(report))]
                + (report.unstarted.map { [record(.unstarted($0))] } ?? [])
                + report.missing.map { record(.missingCall($0)) }
                + (isNameMissed(by: report) ? [record(.missingName)] : [])
                + (start.map { [$0] } ?? [])
        case .snapshotTaken(let hasHooks): return [record(.snapshot(hasHooks: hasHooks))]
        case .restoreStarted: return [record(.restoreStart)]
        // The runtime's part of a restore is over with the whole: nobody else has one.
        case .restoreEnded(let report): return [record(.restoreRuntimeDone(report)), record(.restoreReport(report))]
        case .invocationStarted(let id, _, _):
            running[id] = PlatformRecord.RuntimeDone(id: id, started: time.moment)
            guard isUp else {
                held = id
                return []
            }
            return [PlatformRecord(.start(id: id), at: time, trace: traces[id] ?? "")]
        case .event(let id, let attempt): return attempt > 1 ? [record(.attempt(id: id, number: attempt))] : []
        case .responding(let id):
            running[id]?.responding = time.moment
            return []
        case .responded(let id, let errorType):
            running[id]?.responded = time.moment
            running[id]?.errorType = errorType
            return []
        case .done(let id, let process): return asked[process] == nil ? runtimeDone(id, nil, time) : []
        case .failed(let id, let failure): return [record(.fault(id: id, failure))] + runtimeDone(id, failure, time)
        case .invocationEnded(let report):
            let done = runtimeDone(report.id, report.failure, time)
            let trace = traces.removeValue(forKey: report.id) ?? ""
            return done + [PlatformRecord(.report(report, memory: memory), at: time, trace: trace)]
        case .stopped(let report):
            (traces, running, isUp) = ([:], [:], false)
            return [record(.stop(report))]
        case .started, .delivered, .workerIdle, .frozen, .thawed, .stopping, .notified, .exited: return []
        }
    }

    /// Returns true if the reason may be that an extension could not listen: their errors do not all name what was not found.
    private func isNameMissed(by report: InitReport) -> Bool {
        report.extensions.contains { $0.state == .exited || $0.state == .initError } && !LocalName.isKnown
    }

    /// The record that the function is done with an invocation, once for each.
    private mutating func runtimeDone(_ id: String, _ failure: Failure?, _ time: HappeningTime) -> [PlatformRecord] {
        guard var done = running.removeValue(forKey: id) else { return [] }
        done.failure = failure
        return [PlatformRecord(.runtimeDone(done), at: time, trace: traces[id] ?? "")]
    }
}
