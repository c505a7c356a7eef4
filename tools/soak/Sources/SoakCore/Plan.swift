import Randomness

/// Everything that is going to happen in a run, as a function of its seed: the driver and the function each look up
/// what they need, so nothing has to be communicated.
package struct Plan: Equatable, Sendable {
    /// The same seed makes the same plan.
    package var seed: UInt64
    /// Invocations in a thousand in which a process is killed.
    package var killsPerThousand: Double
    /// Invocations in a thousand in which a process is stopped for a while.
    package var stallsPerThousand = 2.0
    /// Invocations in a thousand of which a closure does not end before the deadline.
    package var overrunsPerThousand = 0.05
    /// Invocations in a thousand that do not end before the function's timeout.
    package var hangsPerThousand = 0.025
    /// The number of events that the function handles at a time, on Managed Instances; nil on demand, where it is one.
    package var concurrency: Int?
    /// The time that each handler sleeps before it ends, in microseconds; nil for times of the plan's own.
    package var handlerSleep: Int?

    package init(seed: UInt64, killsPerThousand: Double = 1) {
        self.seed = seed
        self.killsPerThousand = killsPerThousand
    }

    private enum Purpose: UInt64 { case work = 1, surroundings, pair }

    /// The plan for invocation `number`: what it does, and what is done to it.
    package func invocation(_ number: UInt32) -> PlannedInvocation {
        var random = SplitMix64(seed: seed, at: UInt64(number), for: Purpose.surroundings.rawValue)
        let disturbance = disturbance(&random)
        let gap: PlannedInvocation.Gap =
            switch random.pick([0: 65, 1: 25, 2: 9, 3: 1]) {
            case 0: .blink
            case 1: .none
            case 2: .pause(.random(in: 0...1_000, using: &random))
            default: .pause(.random(in: 0...20_000, using: &random))
            }
        random = SplitMix64(seed: seed, at: UInt64(number), for: Purpose.work.rawValue)
        var works = works(&random)
        if case .kill = disturbance {
            // There is to be something that a kill can meet.
            works += (0..<3).map { _ in .sleep(.random(in: 0...500, using: &random)) }
        }
        // A closure that is waited for must come.
        let isMeeting = isMeeting(number)
        // On top of the stack, so that the others wait below it.
        if random.happens(overrunsPerThousand / 1_000), !isMeeting {
            works.append(random.happens(0.5) ? .overrun : .spill)
        }
        let delay = handlerSleep ?? delay(&random)
        var ending = PlannedInvocation.Ending.response
        if random.happens(0.03) { ending = .error }
        if random.happens(hangsPerThousand / 1_000), !isMeeting { ending = .hang }
        if isMeeting { works.insert(.meet, at: .random(in: 0...works.count, using: &random)) }
        return PlannedInvocation(
            number: number, delay: delay, ending: ending,
            closures: works.enumerated().map { PlannedClosure(index: UInt16($0), work: $1) }, gap: gap,
            disturbance: disturbance)
    }

    /// Returns true if closures of an invocation and of its partner wait for each other; the same for both.
    private func isMeeting(_ number: UInt32) -> Bool {
        guard concurrency != nil else { return false }
        var random = SplitMix64(seed: seed, at: UInt64(number / 2), for: Purpose.pair.rawValue)
        return random.happens(0.1)
    }

    private func delay(_ random: inout SplitMix64) -> Int {
        guard concurrency == nil else {
            // Long enough for all workers to be at it at the same time.
            switch random.pick([0: 40, 1: 40, 2: 20]) {
            case 0: return 0
            case 1: return .random(in: 1...2_000, using: &random)
            default: return .random(in: 2_000...50_000, using: &random)
            }
        }
        return switch random.pick([0: 88, 1: 9, 2: 3]) {
        case 0: 0
        case 1: .random(in: 1...300, using: &random)
        default: .random(in: 300...2_000, using: &random)
        }
    }

    private func works(_ random: inout SplitMix64) -> [PlannedClosure.Work] {
        let count = random.pick([0: 30, 1: 30, 2: 20, 3: 10, 4: 5, 6: 3, 8: 2])
        return (0..<count).map { _ in work(&random) }
    }

    private func work(_ random: inout SplitMix64) -> PlannedClosure.Work {
        switch random.pick([0: 75, 1: 8, 2: 8, 3: 5, 4: 4]) {
        case 0: .plain
        case 1: .fail
        case 2: .nest
        case 3: .sleep(.random(in: 0...(concurrency == nil ? 200 : 10_000), using: &random))
        default: .spin(.random(in: 0...200, using: &random))
        }
    }

    private func disturbance(_ random: inout SplitMix64) -> Disturbance? {
        let isKill = random.happens(killsPerThousand / 1_000)
        let isStall = random.happens(stallsPerThousand / 1_000)
        let victim = Disturbance.Victim.allCases.randomElement(using: &random)!
        let delay = Int.random(in: 0...1_000, using: &random)
        if isKill {
            let weapon = Disturbance.Weapon.allCases.randomElement(using: &random)!
            let moment = moments.randomElement(using: &random)!
            // A start takes longer than the other moments last.
            return .kill(victim, weapon, moment, delay: moment == .start ? delay * 20 : delay)
        }
        return isStall ? .stall(victim, delay: delay, duration: .random(in: 0...5_000, using: &random)) : nil
    }
}

extension Plan {
    /// When processes are killed: many events at a time are never frozen.
    private var moments: [Disturbance.Moment] {
        concurrency == nil ? Disturbance.Moment.allCases : Disturbance.Moment.allCases.filter { $0 != .frozen }
    }

    /// The plan as it is passed to the function in a variable.
    package var text: String {
        "\(seed) \(killsPerThousand) \(stallsPerThousand) \(overrunsPerThousand) \(hangsPerThousand) "
            + "\(Self.text(concurrency)) \(Self.text(handlerSleep))"
    }

    /// Reads ``text``; nil for anything else.
    package init?(text: String) {
        let words = text.split(separator: " ")
        guard words.count == 7, let seed = UInt64(words[0]) else { return nil }
        let rates = words[1..<5].compactMap { Double($0) }
        let numbers = words[5...].compactMap(Self.number)
        guard rates.count == 4, numbers.count == 2 else { return nil }
        self.init(seed: seed, killsPerThousand: rates[0])
        stallsPerThousand = rates[1]
        overrunsPerThousand = rates[2]
        hangsPerThousand = rates[3]
        concurrency = numbers[0]
        handlerSleep = numbers[1]
    }

    private static func text(_ number: Int?) -> String { number.map(String.init) ?? "-" }

    /// Nil for no number, nil within for none that is set.
    private static func number(_ text: Substring) -> Int?? { text == "-" ? .some(nil) : Int(text).map(Optional.some) }
}
