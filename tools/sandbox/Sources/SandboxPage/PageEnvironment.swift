import Sandbox
import Timeline

/// An environment as the page shows it.
final class PageEnvironment {
    enum State: String {
        case starting
        case idle
        case busy
        case frozen
        /// A snapshot of it waits for the first invocation.
        case snapshot
        case restoring
        case stopping
        /// It was reset: the next invocation starts it.
        case down
        /// It is gone for good.
        case ended
    }

    let number: Int
    let logStream: String
    /// The history's version at its last change.
    var version: UInt64 = 0
    private(set) var state = State.starting
    /// The invocations under way.
    private(set) var running: Set<String> = []
    /// The lines that it writes outside of invocations.
    var log = PageLog()
    private var recorder: Recorder
    private var invocations = 0
    private var initDuration: Duration?
    private var memory = 0

    init(number: Int, logStream: String, settings: Settings) {
        self.number = number
        self.logStream = logStream
        recorder = Recorder(
            title: "\(settings.name), environment \(number)",
            extensions: settings.extensions.map(Settings.fileName),
            isConcurrent: settings.kind == .managedInstances)
    }

    /// Takes in what happens to it.
    func take(_ happening: Happening, at time: HappeningTime, memory: Int) {
        self.memory = memory
        if let fact = happening.fact { recorder.record(fact, at: time.moment) }
        guard case .note(let note) = happening else { return }
        switch note {
        case .initStarted: state = .starting
        case .initEnded(let report):
            initDuration = report.duration
            if report.failure == nil { rest() }
        case .snapshotTaken: state = .snapshot
        case .restoreStarted: state = .restoring
        case .restoreEnded(let report): if report.failure == nil { rest() }
        case .invocationStarted(let id, _, _):
            running.insert(id)
            invocations += 1
            rest()
        case .invocationEnded(let report):
            running.remove(report.id)
            rest()
        case .frozen: if state != .snapshot { state = .frozen }
        case .thawed: if state == .frozen { rest() }
        case .stopping: state = .stopping
        case .stopped(let report):
            running = []
            state = report.isReset ? .down : .ended
        case .started, .registered, .subscribed, .ready, .event, .delivered, .responding, .responded, .done,
            .workerIdle,
            .failed, .notified, .exited:
            break
        }
    }

    private func rest() { state = running.isEmpty ? .idle : .busy }

    /// The invocation whose log a line belongs to, nil for none. Where several are under way that is the one whose id it contains.
    func owner(of line: ByteView) -> String? {
        if running.count < 2 { return running.first }
        let dashes = [8, 13, 18, 23]
        for start in 0..<max(0, line.count - 35)
        where dashes.allSatisfy({ line[start + $0] == UInt8(ascii: "-") }) {
            let id = line[start..<start + 36].string
            if running.contains(id) { return id }
        }
        return nil
    }

    /// The picture of its life.
    var timeline: String { recorder.svg() }

    /// The part that the list shows.
    var summary: JSONValue {
        .object([
            ("number", .count(number)), ("version", .integer(Int64(version))), ("state", .string(state.rawValue)),
            ("logStream", .string(logStream)), ("invocations", .count(invocations)), ("memoryMB", .count(memory)),
            ("initMs", .time(initDuration)),
        ])
    }

    /// The rest, for when it is shown alone.
    var detail: [JSONValue.Field] { [("version", .integer(Int64(version))), ("log", log.json)] }
}
