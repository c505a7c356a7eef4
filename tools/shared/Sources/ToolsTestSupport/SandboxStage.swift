import Sandbox

/// Everything that was seen of a sandbox.
///
/// A sandbox keeps its observers: this one, which does not keep the sandbox, lets both go.
package final class SandboxRecord: Observer {
    /// The log, as it would be printed.
    package private(set) var lines: [String] = []
    package private(set) var notes: [Note] = []
    package private(set) var outcomes: [String: Outcome] = [:]
    /// Called with each note.
    package var onNote: (Note) -> Void = { _ in }
    private let settings: Settings

    package init(of sandbox: Sandbox) {
        settings = sandbox.settings
        sandbox.observers = [self]
    }

    package func observe(_ happening: Happening, at time: HappeningTime, memory: Int) {
        switch happening {
        case .note(let note):
            notes.append(note)
            onNote(note)
        case .output(_, let line): lines.append(line.string)
        case .answered(let id, let outcome, _): outcomes[id] = outcome
        case .platform(let record): lines += record.lines(for: settings)
        }
    }
}

/// A sandbox of this very process, on a loop of its own.
///
/// Nothing here sleeps: it runs the loop until what is waited for has come, or the deadline has.
package protocol SandboxStage {
    var sandbox: Sandbox! { get }
    var record: SandboxRecord { get }
}

extension SandboxStage {
    package var lines: [String] { record.lines }
    package var outcomes: [String: Outcome] { record.outcomes }
    package var stops: [StopReport] {
        record.notes.compactMap { if case .stopped(let report) = $0 { report } else { nil } }
    }

    /// The lines that a failing test shows.
    package var transcript: String { lines.map { "    | \($0)\n" }.joined() }

    package func report(of id: String) -> InvocationReport? {
        for case .invocationEnded(let report) in record.notes where report.id == id { return report }
        return nil
    }

    /// Runs the loop until a condition holds.
    package func run(_ what: String, until condition: () -> Bool) throws {
        let deadline = Instant.now + RunningProgram.patience
        while !condition() {
            guard .now < deadline else { throw TestFailure("waited in vain for \(what); log:\n\(transcript)") }
            // Not everything that is waited for, a stopped process for one, is an event of the loop.
            try sandbox.loop.runOnce(until: min(deadline, .now + .milliseconds(20)))
        }
    }

    /// Waits until an invocation has ended and its caller was answered.
    package func end(of id: String) throws -> (outcome: Outcome, report: InvocationReport) {
        try run("the end of \(id)") { outcomes[id] != nil && report(of: id) != nil }
        return (outcomes[id]!, report(of: id)!)
    }

    /// Shuts down and waits until all is over.
    @discardableResult
    package func shutdown() throws -> StopReport {
        sandbox.shutdown()
        try run("the shutdown") { sandbox.isClosed }
        return stops.last!
    }
}
