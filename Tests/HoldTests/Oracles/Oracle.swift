import Hold

/// The expected reactions of the policy, worked out the long way: everything that ever happened is kept in plain
/// arrays, time has 128 bits, and every rule is asked anew for every input.
struct Oracle {
    let settings: HoldPolicy.Settings
    private var sessions = 0
    private var hasPlainSDK = false
    private var isOver = false
    private var held: (id: Int, start: Int128, deadline: Int128?)?
    /// The dones since the last event that may be of use, nil for one without an id.
    private var waiting: [Int?] = []
    /// Every id for which Next was asked, the newest last.
    private var past: [Int] = []
    private(set) var counts: [String: UInt64] = [:]

    init(_ settings: HoldPolicy.Settings) { self.settings = settings }

    mutating func expect(_ happening: Happening, at now: ClockReading) -> Reaction {
        if isOver { return happening == .shutdown ? .exit : .nothing }
        if happening == .shutdown {
            isOver = true
            return .exit
        }
        if case .done(nil, inSession: false) = happening, sessions > 0, settings.mode == .hold {
            count("refused")
            return .refuse
        }
        return effect(of: happening, at: now) ?? clocks(at: now)
    }

    /// The reaction to the input by itself, or nil.
    private mutating func effect(of happening: Happening, at now: ClockReading) -> Reaction? {
        switch happening {
        case .check: hasPlainSDK = true
        case .open: sessions += 1
        case .closed:
            let wasLast = sessions == 1
            sessions = max(0, sessions - 1)
            if wasLast, held != nil { return end("session", .session, now) }
        case .invoke(let id, let deadline):
            if held != nil { _ = end("deadline", .deadline, now) }
            return invoke(id, deadline, now)
        case .done(let id, _):
            if settings.mode == .passThrough { return wasted(1) }
            if let held {
                if id == nil || id == held.id { return end("done", .done, now) }
                return wasted(1)
            }
            if waiting.contains(id) { return wasted(1) }
            if let id, past.suffix(16).contains(id) { return wasted(1) }
            waiting.append(id)
            let named = waiting.filter { $0 != nil }
            if named.count > 4 {
                waiting.remove(at: waiting.firstIndex(of: named[0])!)
                return wasted(1)
            }
        case .timer, .shutdown: break
        }
        return nil
    }

    private mutating func invoke(_ id: Int, _ deadline: Int64, _ now: ClockReading) -> Reaction? {
        let matches = waiting.filter { $0 == nil || $0 == id }.count
        let others = waiting.count - matches
        waiting = []
        _ = wasted(others)
        if matches > 0 {
            _ = wasted(matches - 1)
            count("early")
            past.append(id)
            return .next(.early)
        }
        if settings.mode == .passThrough || (sessions == 0 && !hasPlainSDK) {
            count("passThrough")
            past.append(id)
            return .next(.passThrough)
        }
        count("holds")
        held = (id, Int128(now.monotonic), deadline <= now.wall ? nil : Int128(deadline))
        return nil
    }

    /// The reaction that the clocks demand for the invocation that is held, if any.
    private mutating func clocks(at now: ClockReading) -> Reaction {
        guard let held else { return .nothing }
        var limits: [(instant: Int128, name: String, reason: HoldPolicy.ReleaseReason)] = []
        if let deadline = held.deadline {
            let byWall = deadline - Int128(settings.deadlineMargin) - Int128(now.wall)
            limits.append((Int128(now.monotonic) + byWall, "deadline", .deadline))
        }
        if let longest = settings.maximumHold { limits.append((held.start + Int128(longest), "budget", .budget)) }
        guard let first = limits.min(by: { $0.instant < $1.instant }) else { return .hold(until: .max) }
        if first.instant <= Int128(now.monotonic) { return end(first.name, first.reason, now) }
        return .hold(until: Int64(clamping: first.instant))
    }

    private mutating func end(_ name: String, _ reason: HoldPolicy.ReleaseReason, _ now: ClockReading) -> Reaction {
        let ended = held!
        held = nil
        past.append(ended.id)
        count(name)
        return .release(ended.id, reason, held: Int64(max(0, Int128(now.monotonic) - ended.start)))
    }

    private mutating func wasted(_ dones: Int) -> Reaction? {
        if dones > 0 { counts["stale", default: 0] += UInt64(dones) }
        return nil
    }

    private mutating func count(_ name: String) { counts[name, default: 0] += 1 }
}
