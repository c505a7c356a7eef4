@testable import SandboxCore
import Timeline

/// Writes the facts of a usual life into a recorder.
struct Script {
    var recorder: Recorder
    private let name: String
    private var now = Moment.zero

    /// - Parameter name: the extension's.
    init(title: String = "function", name: String = "postinvoke") {
        self.name = name
        recorder = Recorder(title: title, extensions: [name])
    }

    var episode: Episode { recorder.present! }

    mutating func coldStart() {
        note(.initStarted(.initial))
        note(.started(process: name))
        pass(.milliseconds(5))
        note(.started(process: "function"))
        note(.ready(process: name))
        pass(.milliseconds(20))
        note(.ready(process: "function"))
    }

    /// - Parameters:
    ///   - queued: how long before START the caller asked.
    ///   - idle: how long nothing happens after its end.
    ///   - attempt: which attempt at an event it is; nil where a caller waits.
    mutating func invocation(
        _ number: Int, queued: Duration = .zero, hold: Duration = .milliseconds(50), failure: String? = nil,
        idle: Duration = .milliseconds(1), attempt: Int? = nil
    ) {
        let id = "r\(number)"
        let received = now
        if queued > .zero {
            note(.initStarted(.initial))
            pass(queued)
        }
        note(.invocationStarted(id: id, received: received, deadline: now + .seconds(3)))
        if let attempt { note(.event(id: id, attempt: attempt)) }
        pass(.microseconds(100))
        note(.delivered(id: id, process: name))
        note(.delivered(id: id, process: "function"))
        pass(.microseconds(1_900))
        note(.responded(id: id, errorType: nil))
        recorder.record(.answered(id: id, errorType: failure), at: now)
        pass(.milliseconds(10))
        note(.done(id: id, process: "function"))
        pass(hold)
        note(.done(id: id, process: name))
        note(
            .invocationEnded(
                InvocationReport(id: id, received: now, started: now, ended: now, wasReinitialized: false)))
        pass(idle)
    }

    private mutating func note(_ note: Note) { recorder.record(.note(note), at: now) }

    mutating func pass(_ duration: Duration) { now = now + duration }
}

/// Returns true if every element that is opened is closed again, in order.
func wellFormed(_ document: String) -> Bool {
    var open: [Substring] = []
    var rest = document[...]
    while let start = rest.firstIndex(of: "<") {
        guard let end = rest[start...].firstIndex(of: ">") else { return false }
        let tag = rest[rest.index(after: start)..<end]
        guard !tag.contains("<"), !rest[..<start].contains(where: { $0 == ">" }) else { return false }
        let name = tag.prefix { $0 != " " && $0 != "/" }
        if tag.hasPrefix("/") {
            guard open.popLast() == tag.dropFirst() else { return false }
        } else if !tag.hasSuffix("/") {
            open.append(name)
        }
        rest = rest[rest.index(after: end)...]
    }
    return open.isEmpty
}
