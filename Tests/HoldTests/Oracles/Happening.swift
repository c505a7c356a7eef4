import Hold

/// An input from the simulated world to the policy, or a reaction of the policy, with numbers for ids.
enum Happening: Equatable {
    case check, open, closed
    case invoke(Int, deadline: Int64)
    case done(Int?, inSession: Bool)
    case timer, shutdown

    var input: HoldPolicy.Input {
        switch self {
        case .check: .checkIn(opensSession: false)
        case .open: .checkIn(opensSession: true)
        case .closed: .sessionClosed
        case .invoke(let id, let deadline): .invoke(RequestID("\(id)"), deadline: deadline)
        case .done(let id, let inSession): .done(id.map { RequestID("\($0)") }, from: inSession ? .session : .other)
        case .timer: .timer
        case .shutdown: .shutdown
        }
    }
}

enum Reaction: Equatable {
    case nothing, refuse, exit
    case next(HoldPolicy.NextReason)
    case hold(until: Int64)
    case release(Int, HoldPolicy.ReleaseReason, held: Int64)

    init(_ action: HoldPolicy.Action, at now: ClockReading) {
        switch action {
        case .nothing: self = .nothing
        case .refuse: self = .refuse
        case .exit: self = .exit
        case .next(let reason): self = .next(reason)
        case .hold(let instant): self = .hold(until: instant)
        case .release(let release):
            let held = release.heldNanoseconds(at: now.monotonic)
            self = .release(Int(release.requestID.text)!, release.reason, held: held)
        }
    }
}
