import Hold

/// Watches the policy from outside and knows nothing of its rules but what may never be broken: it keeps what the
/// platform, the SDK's connections and the clocks have seen, and judges every action by that alone.
struct Witness {
    let settings: HoldPolicy.Settings
    /// The INVOKE for which Next was not asked yet.
    private(set) var owed: (id: Int, start: Int64, deadline: Int64?)?
    /// When the timer fires; it goes on running whatever the wall clock does.
    private(set) var timer: Int64?
    private(set) var isOver = false
    private var sessions = 0
    private var hasPlainSDK = false
    /// The dones since the last INVOKE.
    private var dones: [Int?] = []
    private var doneCount: UInt64 = 0
    private var invokeCount: UInt64 = 0

    init(_ settings: HoldPolicy.Settings) { self.settings = settings }

    /// Returns the fault of this reaction, or nil.
    mutating func judge(_ happening: Happening, _ reaction: Reaction, at now: ClockReading, _ policy: HoldPolicy)
        -> String?
    {
        if isOver {
            let expected: Reaction = happening == .shutdown ? .exit : .nothing
            return reaction == expected ? nil : "acts after the end"
        }
        note(happening, now)
        let fault = judge(happening, reaction, now) ?? judge(policy.counters)
        switch reaction {
        case .next, .release:
            owed = nil
            timer = nil
        case .hold(let instant): timer = instant
        case .exit: isOver = true
        case .nothing, .refuse: break
        }
        if case .invoke = happening { dones = [] }
        if fault == nil, (owed != nil) != (policy.state.hold != nil), !isOver { return "holds what it does not owe" }
        return fault
    }

    private mutating func note(_ happening: Happening, _ now: ClockReading) {
        switch happening {
        case .check: hasPlainSDK = true
        case .open: sessions += 1
        case .closed: sessions -= 1
        case .invoke(let id, let deadline):
            owed = (id, now.monotonic, deadline > now.wall ? deadline : nil)
            invokeCount += 1
        case .done(let id, _):
            dones.append(id)
            doneCount += 1
        case .timer, .shutdown: break
        }
    }

    private func judge(_ happening: Happening, _ reaction: Reaction, _ now: ClockReading) -> String? {
        if (reaction == .exit) != (happening == .shutdown) { return "exits on SHUTDOWN and on nothing else" }
        let isForbidden = happening == .done(nil, inSession: false) && sessions > 0 && settings.mode == .hold
        if (reaction == .refuse) != isForbidden {
            return "refuses a done without an id beside a session, and nothing else"
        }
        switch reaction {
        case .nothing: return owed == nil ? nil : "holds without a timer"
        case .hold(let instant):
            if owed == nil { return "holds when Next was asked" }
            if isPastDeadline(now) || isPastBudget(now) { return "holds for too long" }
            return instant > now.monotonic ? nil : "sets a timer in the past"
        case .next(let reason):
            guard let owed, case .invoke = happening else { return "asks for Next twice" }
            switch reason {
            case .early: return dones.contains(owed.id) || dones.contains(nil) ? nil : "early without a done"
            case .passThrough: return isSDKPresent ? "passes by an SDK" : nil
            }
        case .release(let id, let reason, let held):
            guard let owed else { return "asks for Next twice" }
            if id != owed.id { return "releases another invocation" }
            if held != max(0, now.monotonic - owed.start) { return "miscounts the time it held" }
            return judge(reason, of: owed.id, happening, now)
        case .refuse, .exit: return nil
        }
    }

    private func judge(
        _ reason: HoldPolicy.ReleaseReason, of id: Int, _ happening: Happening, _ now: ClockReading
    ) -> String? {
        switch reason {
        case .done:
            guard case .done(let done, _) = happening else { return "done without a done" }
            return done == nil || done == id ? nil : "releases by another's done"
        case .session: return happening == .closed && sessions == 0 ? nil : "the session is still there"
        case .deadline: return isPastDeadline(now) ? nil : "the deadline is still to come"
        case .budget: return isPastBudget(now) ? nil : "the budget is not spent"
        }
    }

    /// The books: nothing is counted twice, and only dones that wait for their INVOKE are not counted yet.
    private func judge(_ counters: HoldPolicy.Counters) -> String? {
        let releases = counters.releases
        let ended = releases.done + releases.session + releases.deadline + releases.budget
        if invokeCount != counters.holds + releases.passThrough + counters.early { return "loses an INVOKE" }
        if counters.holds < ended || counters.holds - ended > 1 { return "loses a hold" }
        let counted = releases.done + counters.early + counters.stale + counters.refused
        // Four with an id and one without can wait.
        return doneCount >= counted && doneCount - counted <= 5 ? nil : "loses a done"
    }

    private var isSDKPresent: Bool { settings.mode == .hold && (sessions > 0 || hasPlainSDK) }

    private func isPastDeadline(_ now: ClockReading) -> Bool {
        guard let deadline = owed?.deadline else { return false }
        return Int128(now.wall) >= Int128(deadline) - Int128(settings.deadlineMargin)
    }

    private func isPastBudget(_ now: ClockReading) -> Bool {
        guard let longest = settings.maximumHold else { return false }
        return Int128(now.monotonic) - Int128(owed!.start) >= Int128(longest)
    }
}
