/// Decides when the extension asks for the next event, and with that how long an invocation is held open.
///
/// It is total and pure: every input has an answer in every state, and whoever brings it is asked for the time. Whoever
/// carries the actions out asks for Next once before the first input, and from then on exactly when an action says so.
///
/// | state | input | action |
/// |---|---|---|
/// | polling | INVOKE whose done came early | `next(early)` |
/// | polling | INVOKE, and nobody is there to say `/done` | `next(passThrough)` |
/// | polling | INVOKE otherwise | `hold`, or `release` if its time is over already |
/// | polling | done for an id that has ended | `nothing`, stale |
/// | polling | done for another id, or for none | `nothing`, kept for the INVOKE on its way; a repeated one is stale |
/// | polling | check-in, session closed, timer | `nothing` |
/// | holding | done for this id, or for none | `release(done)` |
/// | holding | done for another id | stale, then as for the timer |
/// | holding | the last session closes | `release(session)` |
/// | holding | check-in, another session closes | as for the timer |
/// | holding | timer | `release(deadline)` or `release(budget)`; `hold` again if it is not yet time |
/// | holding | INVOKE | the platform has ended the held one: counted as `deadline`, then as if polling |
/// | finished | anything | `nothing`; `exit` on SHUTDOWN |
/// | any | SHUTDOWN | `exit` |
/// | any but finished, to hold | done without an id, not from a session while one is open | `refuse` |
///
/// In pass-through mode no INVOKE is held, no done is refused, and each is stale.
///
/// A deadline that has passed when its INVOKE comes is none: a service that gives no real one, or a wall clock that a
/// freeze or a snapshot has left wrong. Such a hold ends by everything else. One that passes later, as when the wall
/// clock is set forward, ends it.
///
/// Somebody is there to say `/done` while a session is open, or for good once an SDK without a session has checked in.
///
/// While holding, an input has its own effect first, and only if that does not end the hold are the clocks looked at. So a
/// done that is handled in the same instant as the deadline still counts as done, and a hold that is over does not go on
/// because something else came before the timer. A refusal looks at no clock, because it is an answer of its own: the
/// timer stays set and ends the hold.
public struct HoldPolicy: Sendable {
    /// The settings that were given at the start; only ``passThrough()`` changes it.
    public private(set) var settings: Settings
    /// The state of the extension.
    public private(set) var state = State.polling
    /// The counts of what has happened so far.
    public private(set) var counters = Counters()
    /// The number of open sessions.
    public private(set) var openSessions = 0

    /// True once an SDK without a session has checked in.
    private var hasSessionlessSDK = false
    /// The dones that came before their INVOKE. Only one INVOKE can be on its way, so few ids are kept: where there are
    /// more, the newest are the likeliest to be of use.
    private var earlyIDs = ShortList<4, RequestID>()
    private var hasEarlyAnonymous = false
    /// The last invocations for which Next was asked, to distinguish a repeated done from an early one.
    private var ended = ShortList<16, (id: RequestID, ending: Ending)>()

    /// A policy at the moment when the first Next is asked.
    public init(_ settings: Settings = Settings()) { self.settings = settings }

    /// True if somebody is there to say `/done`.
    public var isSDKPresent: Bool { openSessions > 0 || hasSessionlessSDK }

    /// Holds nothing from now on, for whoever finds before the first input that nobody can reach it to say `/done`.
    public mutating func passThrough() { settings.mode = .passThrough }

    /// The way in which an invocation ended, if it is one of the last 16; for example, to say that a done came too
    /// late.
    public func ending(of id: RequestID) -> Ending? {
        // Lambda tries again under the same id: one that is held has not ended, whatever became of it before.
        guard state.hold?.requestID != id else { return nil }
        var ended = ended
        return ended.last { $0.id == id }?.ending
    }

    /// Takes in what has happened and says what to do about it.
    ///
    /// - Parameter now: asked for at most once, and only where the answer depends on it: while nothing is held it mostly does
    ///   not, and a done ends a hold at any time.
    public mutating func handle(_ input: Input, at now: @autoclosure () -> ClockReading) -> Action {
        if case .finished = state {
            if case .shutdown = input { return .exit }
            return .nothing
        }
        switch input {
        case .checkIn(let opensSession):
            if opensSession { openSessions += 1 } else { hasSessionlessSDK = true }
            return carryOn(at: now)
        case .sessionClosed: return closeSession(at: now)
        case .invoke(let id, let deadline): return begin(id, deadline, at: now)
        case .done(let id, let caller):
            if id == nil, openSessions > 0, caller == .other, settings.mode == .hold {
                counters.refused &+= 1
                return .refuse
            }
            return finish(id, at: now)
        case .timer: return carryOn(at: now)
        case .shutdown:
            state = .finished
            return .exit
        }
    }

    private mutating func closeSession(at now: () -> ClockReading) -> Action {
        guard openSessions > 0 else { return carryOn(at: now) }
        openSessions -= 1
        guard openSessions == 0, case .holding(let hold) = state else { return carryOn(at: now) }
        return release(hold, .session)
    }

    private mutating func begin(_ id: RequestID, _ deadline: Int64, at now: () -> ClockReading) -> Action {
        // Cannot happen, as no event comes before Next was asked. If it does, the platform is right: it has ended the old
        // invocation, and one Next is owed, not two.
        if case .holding(let old) = state { _ = release(old, .deadline) }
        let isEarly = takeEarlyDones(for: id)
        if isEarly {
            counters.early &+= 1
            return next(id, .early)
        }
        if settings.mode == .passThrough || !isSDKPresent {
            counters.releases.passThrough &+= 1
            return next(id, .passThrough)
        }
        counters.holds &+= 1
        let now = now()
        let hold = Hold(requestID: id, start: now.monotonic, deadline: deadline > now.wall ? deadline : nil)
        state = .holding(hold)
        return carryOn(hold, at: now)
    }

    private mutating func finish(_ id: RequestID?, at now: () -> ClockReading) -> Action {
        if case .holding(let hold) = state {
            if id == nil || id == hold.requestID { return release(hold, .done) }
            // It is not early either: nothing but the held invocation can be running.
            counters.stale &+= 1
            return carryOn(at: now)
        }
        if settings.mode == .passThrough || !keepEarlyDone(id) { counters.stale &+= 1 }
        return .nothing
    }

    /// Keeps a done for the INVOKE on its way; returns false if it is of no use.
    private mutating func keepEarlyDone(_ id: RequestID?) -> Bool {
        guard let id else {
            defer { hasEarlyAnonymous = true }
            return !hasEarlyAnonymous
        }
        // Nothing is held, so that what has ended has.
        if ended.last(where: { $0.id == id }) != nil || earlyIDs.last(where: { $0 == id }) != nil { return false }
        if earlyIDs.append(id) { counters.stale &+= 1 }
        return true
    }

    /// Returns true if a done has come for this INVOKE. One was of use at most; those that were kept for others never
    /// will be.
    private mutating func takeEarlyDones(for id: RequestID) -> Bool {
        let kept = earlyIDs.count + (hasEarlyAnonymous ? 1 : 0)
        guard kept > 0 else { return false }
        let isEarly = hasEarlyAnonymous || earlyIDs.last(where: { $0 == id }) != nil
        counters.stale += UInt64(isEarly ? kept - 1 : kept)
        earlyIDs.removeAll()
        hasEarlyAnonymous = false
        return isEarly
    }

    /// Ends the hold if its time is over, and sets the timer anew otherwise: the clocks may have parted since.
    private mutating func carryOn(at now: () -> ClockReading) -> Action {
        guard case .holding(let hold) = state else { return .nothing }
        return carryOn(hold, at: now())
    }

    private mutating func carryOn(_ hold: Hold, at now: ClockReading) -> Action {
        let untilDeadline =
            hold.deadline?.saturatingSubtracting(settings.deadlineMargin).saturatingSubtracting(now.wall) ?? .max
        let held = now.monotonic.saturatingSubtracting(hold.start)
        let untilBudget = settings.maximumHold?.saturatingSubtracting(held) ?? .max
        let rest = min(untilDeadline, untilBudget)
        guard rest <= 0 else { return .hold(until: now.monotonic.saturatingAdding(rest)) }
        return release(hold, untilDeadline <= untilBudget ? .deadline : .budget)
    }

    private mutating func release(_ hold: Hold, _ reason: ReleaseReason) -> Action {
        switch reason {
        case .done: counters.releases.done &+= 1
        case .session: counters.releases.session &+= 1
        case .deadline: counters.releases.deadline &+= 1
        case .budget: counters.releases.budget &+= 1
        }
        _ = ended.append((hold.requestID, .released(reason)))
        state = .polling
        return .release(Release(requestID: hold.requestID, start: hold.start, reason: reason))
    }

    private mutating func next(_ id: RequestID, _ reason: NextReason) -> Action {
        _ = ended.append((id, .notHeld(reason)))
        state = .polling
        return .next(reason)
    }
}
