import Hold
import TestSupport

/// Plays the Extensions API, the SDK's connections and both clocks around one policy, by chance and from one seed.
struct World {
    /// Every input with what came of it, to be printed when it went wrong.
    private(set) var trace: [(happening: Happening, now: ClockReading, action: HoldPolicy.Action)] = []
    /// The first fault, or nil.
    private(set) var fault: String?

    private var random: SeededGenerator
    private var policy: HoldPolicy
    private var oracle: Oracle
    private var witness: Witness
    private var now = ClockReading(monotonic: 3_000_000_000, wall: 1_700_000_000_000_000_000)

    /// An event that the platform has sent and the extension has not read; it is sent only in answer to Next.
    private var event: Happening?
    /// The newest invocation, which the runtime may know before the extension does.
    private var newest = 0
    private var connections: [Connection]
    /// True if the platform may break its word and send an INVOKE that nobody asked for.
    private let isUnruly: Bool

    /// One connection of an SDK, which delivers in order what was sent.
    private struct Connection {
        let opensSession: Bool
        let usesIDs: Bool
        var isOpen = false
        /// True if the policy has seen its session open.
        var isSession = false
        var inFlight: [Happening] = []
    }

    init(seed: UInt64) {
        random = SeededGenerator(seed: seed)
        let mode: HoldPolicy.Mode = random.chance(1, in: 12) ? .passThrough : .hold
        let budgets: [Int64?] = [nil, nil, 400_000_000, 3_000_000_000, 0]
        let settings = HoldPolicy.Settings(mode: mode, maximumHold: budgets.randomElement(using: &random)!)
        policy = HoldPolicy(settings)
        oracle = Oracle(settings)
        witness = Witness(settings)
        isUnruly = seed % 8 == 0
        let count = 1 + Int(random.next() % 4)
        connections = (0..<count).map { [seed] index in
            Connection(opensSession: (seed >> UInt64(index)) & 1 == 0, usesIDs: (seed >> UInt64(index + 2)) & 1 == 0)
        }
    }

    /// Runs until the policy has had so many inputs, then ends what is left and shuts down.
    mutating func run(inputs: Int) {
        while trace.count < inputs, fault == nil { step() }
        if fault == nil { settle() }
        if fault == nil { feed(.shutdown) }
        for _ in 0..<5 where fault == nil { feed(.done(newest, inSession: false)) }
        for _ in 0..<2 where fault == nil { feed(.shutdown) }
    }

    private mutating func step() {
        switch random.next() % 100 {
        case 0..<15: sendEvent()
        case 15..<35:
            guard let sent = event else { return }
            event = nil
            feed(sent)
        case 35..<50: send()
        case 50..<75: deliver()
        case 75..<78: killOne()
        case 78..<90: moveClocks()
        case 90..<98:
            if let timer = witness.timer, now.monotonic >= timer { feed(.timer) }
        case 98: feed(.timer)
        default: if isUnruly, random.chance(1, in: 4) { feed(nextInvoke()) }
        }
    }

    // MARK: The platform

    private mutating func sendEvent() {
        guard witness.owed == nil, event == nil else { return }
        event = nextInvoke()
    }

    private mutating func nextInvoke() -> Happening {
        // Lambda tries a failed invocation again under its old id.
        if newest == 0 || !random.chance(1, in: 10) { newest += 1 }
        let deadlines: [Int64] = [.min, 0, now.wall, .max]
        let isOdd = random.chance(1, in: 20)
        return .invoke(
            newest, deadline: isOdd ? deadlines.randomElement(using: &random)! : now.wall + below(3_000_000_000))
    }

    // MARK: The SDK

    private mutating func send() {
        let index = Int(random.next() % UInt64(connections.count))
        guard connections[index].isOpen else {
            connections[index].isOpen = true
            connections[index].inFlight.append(connections[index].opensSession ? .open : .check)
            return
        }
        // Mostly for the newest invocation; sometimes for one long gone, or for one that nobody knows.
        let id =
            switch random.next() % 20 {
            case 0: newest + 1_000 + Int(random.next() % 8)
            case 1...4: max(1, newest - Int(random.next() % 20))
            default: newest
            }
        let usesID = connections[index].usesIDs != random.chance(1, in: 30)
        let done = Happening.done(usesID ? id : nil, inSession: false)
        connections[index].inFlight += Array(repeating: done, count: random.chance(1, in: 8) ? 2 : 1)
    }

    private mutating func deliver() {
        let index = Int(random.next() % UInt64(connections.count))
        guard !connections[index].inFlight.isEmpty else { return }
        let first = connections[index].inFlight.removeFirst()
        switch first {
        case .open: connections[index].isSession = true
        case .closed: connections[index].isSession = false
        case .done(let id, _):
            // Now and then it goes over a connection of its own.
            let inSession = connections[index].isSession && !random.chance(1, in: 10)
            return feed(.done(id, inSession: inSession))
        default: break
        }
        feed(first)
    }

    /// Closes a connection. What it had sent may be lost, from some point on.
    private mutating func killOne() {
        let index = Int(random.next() % UInt64(connections.count))
        guard connections[index].isOpen else { return }
        connections[index].isOpen = false
        let arrives = Int(random.next() % UInt64(connections[index].inFlight.count + 1))
        connections[index].inFlight.removeSubrange(arrives...)
        let willBeSession = connections[index].inFlight.last { $0 == .open || $0 == .closed }.map { $0 == .open }
        if willBeSession ?? connections[index].isSession { connections[index].inFlight.append(.closed) }
    }

    // MARK: The clocks

    private mutating func moveClocks() {
        switch random.next() % 12 {
        case 0:  // frozen, and the monotonic clock stood still
            now.wall += below(600_000_000_000)
        case 1:  // frozen, and it jumped
            let gap = below(600_000_000_000)
            now.wall += gap
            now.monotonic += gap
        case 2:  // the wall clock was set back
            now.wall -= below(5_000_000_000)
        case 3:  // the wall clock stands still
            now.monotonic += below(1_000_000_000)
        default:
            let gap = below(400_000_000)
            now.wall += gap
            now.monotonic += gap
        }
    }

    private mutating func below(_ limit: Int64) -> Int64 { Int64(random.next() % UInt64(limit)) }

    // MARK: The policy

    /// A hold ends at the latest when its deadline comes and the timer fires.
    private mutating func settle() {
        guard let owed = witness.owed else { return }
        if let deadline = owed.deadline {
            now.wall = max(now.wall, deadline)
            feed(.timer)
        } else {
            // Nothing but the longest hold or the function's word ends it then.
            now.monotonic += 10_000_000_000
            feed(.timer)
            if fault == nil, witness.owed != nil { feed(.done(owed.id, inSession: false)) }
        }
        if fault == nil, witness.owed != nil { fault = "the hold does not end" }
    }

    private mutating func feed(_ happening: Happening) {
        let action = policy.handle(happening.input, at: now)
        let reaction = Reaction(action, at: now)
        trace.append((happening, now, action))
        let expected = oracle.expect(happening, at: now)
        if let broken = witness.judge(happening, reaction, at: now, policy) {
            fault = broken
        } else if expected != reaction {
            fault = "should be \(expected)"
        } else if let wrong = policy.counters.all.first(where: { $0.count != oracle.counts[$0.name, default: 0] }) {
            fault = "\(wrong.name) should be \(oracle.counts[wrong.name, default: 0]), is \(wrong.count)"
        }
    }
}
