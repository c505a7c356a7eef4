import Hold

/// Inputs, actions and states as text, for tables and traces.
extension RequestID {
    init(_ text: String) {
        let bytes = Array(text.utf8)
        self = bytes.withUnsafeBytes { RequestID($0) }!
    }

    var text: String { withBytes { String(decoding: $0, as: UTF8.self) } }
}

extension HoldPolicy.Input {
    var text: String {
        switch self {
        case .checkIn(let opensSession): opensSession ? "check, session" : "check"
        case .sessionClosed: "session closed"
        case .invoke(let id, let deadline): "INVOKE \(id.text), deadline \(deadline)"
        case .done(let id, let caller): "done \(id?.text ?? "-") from \(caller)"
        case .timer: "timer"
        case .shutdown: "SHUTDOWN"
        }
    }
}

extension HoldPolicy.Action {
    /// Instants and durations in nanoseconds; a hold that has ended lasted until now.
    func text(at now: ClockReading) -> String {
        switch self {
        case .nothing: "nothing"
        case .next(let reason): "next \(reason)"
        case .hold(let instant): "hold until \(instant)"
        case .release(let release):
            "release \(release.requestID.text) \(release.reason) after \(release.heldNanoseconds(at: now.monotonic))"
        case .refuse: "refuse"
        case .exit: "exit"
        }
    }
}

extension HoldPolicy.State {
    var text: String {
        switch self {
        case .polling, .finished: "\(name)"
        case .holding(let hold): "\(name) \(hold.requestID.text)"
        }
    }
}

extension HoldPolicy.Counters {
    var all: [(name: String, count: UInt64)] {
        [
            ("holds", holds), ("done", releases.done), ("session", releases.session), ("deadline", releases.deadline),
            ("budget", releases.budget), ("passThrough", releases.passThrough), ("early", early), ("stale", stale),
            ("refused", refused),
        ]
    }

    /// The counts since `earlier`, as in `+holds +stale`.
    func text(since earlier: HoldPolicy.Counters) -> String {
        zip(all, earlier.all).filter { $0.count != $1.count }
            .map { $0.count == $1.count + 1 ? "+\($0.name)" : "+\($0.count - $1.count) \($0.name)" }
            .joined(separator: " ")
    }
}
