@testable import SoakCore
import Testing

@Suite struct PlanTests {
    @Test func `The same seed makes the same plan, another one another`() {
        let plan = Plan(seed: 7)
        let again = Plan(seed: 7)
        let other = Plan(seed: 8)
        let numbers = (0..<500).map(UInt32.init)
        #expect(numbers.allSatisfy { plan.invocation($0) == again.invocation($0) })
        #expect(numbers.contains { plan.invocation($0) != other.invocation($0) })
        // Whatever the order in which it is asked.
        #expect(numbers.reversed().allSatisfy { plan.invocation($0) == again.invocation($0) })
    }

    @Test func `The function is told all of it`() {
        var plan = Plan(seed: .max, killsPerThousand: 0.1)
        plan.hangsPerThousand = 1.0 / 3
        #expect(Plan(text: plan.text) == plan)
        plan.concurrency = 64
        #expect(Plan(text: plan.text) == plan)
        plan.handlerSleep = 20_000
        #expect(Plan(text: plan.text) == plan)
        for text in [
            "", "1", "1 2 3 4", "1 1 1 1 1", "x 1 1 1 1 - -", "1 1 1 1 x - -", "1 1 1 1 1 x -", "1 1 1 1 1 - x",
            "1 1 1 1 1 - - -",
        ] { #expect(Plan(text: text) == nil) }
    }

    @Test func `Things happen as often as they should`() {
        var plan = Plan(seed: 1, killsPerThousand: 10)
        plan.stallsPerThousand = 20
        plan.overrunsPerThousand = 5
        plan.hangsPerThousand = 5
        let all = (0..<100_000).map { plan.invocation(UInt32($0)) }
        func count(_ isOne: (PlannedInvocation) -> Bool) -> Int { all.count(where: isOne) }
        let kills = all.map(\.disturbance).filter { if case .kill = $0 { true } else { false } }
        #expect((900...1_100).contains(kills.count))
        #expect((1_800...2_200).contains(count { if case .stall = $0.disturbance { true } else { false } }))
        #expect((420...580).contains(count(\.isOverrun)))
        #expect((420...580).contains(count { $0.ending == .hang }))
        #expect((2_700...3_300).contains(count { $0.ending == .error }))
        // Each victim, weapon and moment has its share.
        for moment in Disturbance.Moment.allCases {
            for victim in Disturbance.Victim.allCases {
                for weapon in Disturbance.Weapon.allCases {
                    let share = kills.count { if case .kill(victim, weapon, moment, _) = $0 { true } else { false } }
                    #expect(share > 15, "\(weapon) \(victim) \(moment)")
                }
            }
        }
    }

    @Test func `No rate, no event`() {
        var plan = Plan(seed: 3, killsPerThousand: 0)
        plan.stallsPerThousand = 0
        plan.overrunsPerThousand = 0
        plan.hangsPerThousand = 0
        #expect((0..<20_000).allSatisfy { plan.invocation(UInt32($0)).isUndisturbed })
    }

    @Test func `Many events at a time have what one at a time cannot have`() {
        var plan = Plan(seed: 2, killsPerThousand: 20)
        plan.hangsPerThousand = 5
        plan.overrunsPerThousand = 5
        let alone = (0..<20_000).map { plan.invocation(UInt32($0)) }
        #expect(alone.allSatisfy { !$0.isMeeting })
        plan.concurrency = 8
        let all = (0..<20_000).map { plan.invocation(UInt32($0)) }
        // A tenth of the pairs.
        #expect((1_800...2_200).contains(all.count { $0.isMeeting }))
        for invocation in all where invocation.isMeeting {
            let partner = all[Int(invocation.partner)]
            #expect(partner.isMeeting && partner.partner == invocation.number)
            // Whoever is waited for comes.
            #expect(invocation.ending != .hang && !invocation.isOverrun && !invocation.isUndisturbed)
        }
        #expect(all.contains { $0.ending == .hang })
        #expect(all.contains { $0.isOverrun })
        for moment in Disturbance.Moment.allCases {
            let isMet = all.contains { if case .kill(_, _, moment, _) = $0.disturbance { true } else { false } }
            #expect(isMet == (moment != .frozen), "\(moment)")
        }
        plan.handlerSleep = 20_000
        let sleeping = (0..<1_000).map { plan.invocation(UInt32($0)) }
        #expect(sleeping.allSatisfy { $0.delay == 20_000 })
    }

    @Test(arguments: [
        ([PlannedClosure.Work](), [UInt16]()), ([.plain, .fail], [1, 0]), ([.nest, .plain], [1, 0, 100]),
        ([.plain, .nest, .spin(3)], [2, 1, 101, 0]),
    ])
    func `Closures run last in, first out, and what one leaves runs next`(works: [PlannedClosure.Work], order: [UInt16])
    {
        #expect(planned(1, works).order == order)
    }
}

/// An invocation that leaves closures which do this.
func planned(_ number: UInt32, _ works: [PlannedClosure.Work]) -> PlannedInvocation {
    PlannedInvocation(
        number: number, delay: 0, ending: .response,
        closures: works.enumerated().map { PlannedClosure(index: UInt16($0), work: $1) }, gap: .blink, disturbance: nil)
}
