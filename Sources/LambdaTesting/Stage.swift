import Bytes
import Reactor
import Sandbox
import SandboxCore

/// A sandbox with all that was seen of it, and those who wait for more; it belongs to the loop's thread.
final class Stage: Observer {
    let sandbox: Sandbox
    private(set) var lines: [String] = []
    /// The states so far, the present one last.
    private(set) var states = [LambdaSandbox.State.stopped]
    private(set) var events: [(type: String, json: String)] = []
    private(set) var responses: [String: LambdaSandbox.Response] = [:]
    /// True if all ended in time and with success; nil before the end.
    private(set) var wasClean: Bool?

    /// An invocation that has had its START, by the places of its lines in the log.
    private struct Course {
        let begin: Int
        var end: Int
        var report: InvocationReport?
    }

    /// Somebody who waits; what looks returns false as long as there is no reason to end the wait.
    private struct Wait {
        let what: String
        let look: (_ reason: String?) -> Bool
        let timer: EventLoop.Timer
    }

    private let patience: Duration
    private var courses: [String: Course] = [:]
    private var waits: [UInt64: Wait] = [:]
    /// Those that were cancelled before they began.
    private var cancelled: Set<UInt64> = []
    private var isLooking = false

    init(_ sandbox: Sandbox, patience: Duration) {
        (self.sandbox, self.patience) = (sandbox, patience)
        sandbox.observers = [self]
    }

    /// Ends the loop, and with it the processes that still run.
    func end() {
        sandbox.observers = []
        sandbox.loop.stop()
    }

    func hasBegun(_ id: String) -> Bool { courses[id] != nil }

    /// The report on an invocation that has ended.
    func report(of id: String) -> LambdaSandbox.Report? {
        guard let course = courses[id], let report = course.report else { return nil }
        return LambdaSandbox.Report(
            duration: report.duration, billedDuration: .milliseconds(report.billedMilliseconds),
            initDuration: report.initDuration, hold: report.hold,
            errorType: report.failure?.type ?? report.responseErrorType, lines: Array(lines[course.begin..<course.end]))
    }

    /// The first element behind a place that is wanted; the place is then behind it.
    func next<Element>(in elements: [Element], after place: inout Int, where isWanted: (Element) -> Bool) -> Element? {
        while place < elements.count {
            place += 1
            if isWanted(elements[place - 1]) { return elements[place - 1] }
        }
        return nil
    }

    // MARK: Those who wait

    /// Looks now, and after whatever happens, until that says true.
    func wait(_ number: UInt64, for what: String, _ look: @escaping (_ reason: String?) -> Bool) {
        let timer = sandbox.loop.makeTimer { [unowned self] in giveUp(number, "for \(patience) in vain") }
        waits[number] = Wait(what: what, look: look, timer: timer)
        if cancelled.remove(number) != nil { return cancel(number) }
        timer.arm(after: patience)
        lookSoon()
    }

    /// The task that waits is cancelled.
    func cancel(_ number: UInt64) {
        if waits[number] == nil { cancelled.insert(number) } else { giveUp(number, "until the task was cancelled") }
    }

    private func giveUp(_ number: UInt64, _ why: String) {
        guard let wait = waits.removeValue(forKey: number) else { return }
        wait.timer.cancel()
        let end = lines.suffix(20).map { "\n    | \($0)" }.joined()
        _ = wait.look(
            "waited for \(wait.what) \(why); the environment is \(states.last!), and its log "
                + (lines.isEmpty ? "is empty" : "ends with\(end)"))
    }

    /// Has everybody look once what happens now is over: the report of an invocation is then complete, and what is to be
    /// frozen has its signal.
    private func lookSoon() {
        guard !isLooking else { return }
        isLooking = true
        sandbox.loop.enqueue { [unowned self] in
            isLooking = false
            for (number, wait) in waits where wait.look(nil) {
                wait.timer.cancel()
                waits[number] = nil
            }
            // Nothing will happen any more.
            if sandbox.isClosed { for number in waits.keys { giveUp(number, "until it was shut down") } }
        }
    }

    // MARK: What is seen

    func observe(_ happening: Happening, at time: HappeningTime, memory: Int) {
        switch happening {
        case .output(_, let line): lines.append(line.string)
        case .platform(let record):
            lines += record.lines(for: sandbox.settings)
            if let event = record.telemetry(for: sandbox.settings) {
                events.append(("\(event.type)", String(decoding: event.json, as: UTF8.self)))
            }
            if let id = record.requestID, courses[id] != nil { courses[id]!.end = lines.count }
        case .answered(let id, let outcome, let after):
            responses[id] = LambdaSandbox.Response(
                id: id, body: outcome.body(for: id), errorType: outcome.errorType, elapsed: after)
        case .note(let note): take(note)
        }
        lookSoon()
    }

    private func take(_ note: Note) {
        switch note {
        case .invocationStarted(let id, _, _): courses[id] = Course(begin: lines.count, end: lines.count)
        case .invocationEnded(let report): courses[report.id]?.report = report
        case .stopped(let report): if !report.isReset { wasClean = report.isClean }
        default: break
        }
        if let state = state(after: note), state != states.last! { states.append(state) }
    }

    /// The state that a fact is the beginning of; nil for none.
    private func state(after note: Note) -> LambdaSandbox.State? {
        switch note {
        case .initStarted, .restoreStarted: .starting
        case .invocationStarted: .invoking
        case .snapshotTaken, .frozen: .frozen
        case .initEnded(let report) where report.failure != nil: nil
        case .initEnded, .invocationEnded:
            sandbox.settings.kind == .managedInstances && courses.values.allSatisfy { $0.report != nil } ? .idle : nil
        case .stopping: .stopping
        case .stopped: .stopped
        default: nil
        }
    }
}
