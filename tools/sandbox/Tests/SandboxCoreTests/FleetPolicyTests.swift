import SandboxCore
import Testing

/// A fleet's decisions, step by step: at a millisecond something happens, and this is to be done.
@Suite struct FleetPolicyTests {
    private typealias Step = (at: Int64, input: FleetPolicy.Input, actions: [FleetPolicy.Action])

    private func play(_ change: (inout FleetPolicy.Limits) -> Void, _ steps: [Step]) -> FleetPolicy {
        var limits = FleetPolicy.Limits()
        change(&limits)
        var policy = FleetPolicy(limits)
        for (index, step) in steps.enumerated() {
            let actions = policy.handle(step.input, at: Moment(nanoseconds: step.at * 1_000_000))
            #expect(actions == step.actions, "step \(index): \(step)")
        }
        return policy
    }

    private func call(_ id: String, _ tenant: String = "") -> FleetPolicy.Input { .invoke(.init(id, tenant: tenant)) }
    private func event(_ id: String, _ tenant: String = "") -> FleetPolicy.Input {
        .invoke(.init(id, tenant: tenant, isEvent: true))
    }

    /// The steps of an attempt that has begun, up to its END.
    private func end(
        _ id: String, at moment: Int64, _ result: FleetPolicy.Result = .success, _ actions: [FleetPolicy.Action] = []
    ) -> [Step] {
        [(moment, .began(id: id), []), (moment, .answered(id: id, result), []), (moment, .ended(id: id), actions)]
    }

    @Test func anotherIsStartedWhereNoneIsFreeUpToTheLimit() {
        _ = play(
            { $0.environments = 2 },
            [
                (0, .start, [.start(environment: 1)]), (0, .start, []),
                (1, call("a"), [.deliver(id: "a", environment: 1)]),
                (2, call("b"), [.start(environment: 2), .deliver(id: "b", environment: 2)]),
                (3, call("c"), [.refuse(id: "c")]),
            ] + end("a", at: 4) + [(5, call("d"), [.deliver(id: "d", environment: 1)])]
                + end("d", at: 6) + end("b", at: 7) + [
                    // The one that was at work last.
                    (8, call("e"), [.deliver(id: "e", environment: 2)])
                ])
    }

    /// Those under way count, too, and those that rest.
    @Test func eventsAreRefusedThatWouldTakeTooMuch() {
        let cost = FleetPolicy.Limits.eventCost
        func event(_ id: String, _ bytes: Int) -> FleetPolicy.Input {
            .invoke(.init(id, isEvent: true, bytes: bytes))
        }
        _ = play(
            { $0.eventBytes = 3 * cost + 100 },
            [
                (0, event("a", 100), [.start(environment: 1), .deliver(id: "a", environment: 1)]),
                (0, event("b", 0), []), (0, event("c", 1), [.refuse(id: "c")]), (0, event("d", 0), []),
                (0, event("e", 0), [.refuse(id: "e")]), (0, call("f"), [.refuse(id: "f")]),
            ] + end("a", at: 1, .failure, [.deliver(id: "b", environment: 1)]) + [
                (2, event("g", 0), [.refuse(id: "g")])
            ]
                + end("b", at: 3, .success, [.complete(id: "b"), .deliver(id: "d", environment: 1)]) + [
                    (4, event("h", 0), []), (4, event("i", 0), [.refuse(id: "i")]),
                ])
    }

    @Test func withoutAStartTheFirstInvocationMakesTheFirst() {
        _ = play({ _ in }, [(0, call("a"), [.start(environment: 1), .deliver(id: "a", environment: 1)])])
    }

    @Test func whoeverComesBehindAnAnswerWaitsAMomentForTheEnd() {
        let beginning: [Step] = [
            (0, call("a"), [.start(environment: 1), .deliver(id: "a", environment: 1)]), (1, .began(id: "a"), []),
            (10, .answered(id: "a", .success), []), (20, call("b"), []),
        ]
        _ = play({ $0.environments = 2 }, beginning + [(30, .ended(id: "a"), [.deliver(id: "b", environment: 1)])])
        let late = play(
            { $0.environments = 2 },
            beginning + [(109, .time, []), (110, .time, [.start(environment: 2), .deliver(id: "b", environment: 2)])])
        #expect(late.nextDeadline == nil)
        let waiting = play({ $0.environments = 1 }, beginning)
        #expect(waiting.nextDeadline == Moment(nanoseconds: 110_000_000))
        _ = play({ $0.environments = 1 }, beginning + [(110, .time, [.refuse(id: "b")])])
        // One place is promised once, and not to somebody who comes later than a moment.
        _ = play({ $0.environments = 1 }, beginning + [(21, call("c"), [.refuse(id: "c")])])
        _ = play(
            { $0.environments = 2 },
            beginning + [(21, call("c"), [.start(environment: 2), .deliver(id: "c", environment: 2)])])
        _ = play({ $0.environments = 1 }, Array(beginning.dropLast()) + [(110, call("b"), [.refuse(id: "b")])])
    }

    /// On the way to its answer a failed invocation has its END first; one that was never begun has none.
    @Test func anAttemptIsOverWithItsAnswerAndItsEnd() {
        _ = play(
            { $0.environments = 1 },
            [
                (0, call("a"), [.start(environment: 1), .deliver(id: "a", environment: 1)]), (1, .began(id: "a"), []),
                (2, .ended(id: "a"), []), (2, call("b"), [.refuse(id: "b")]), (2, .answered(id: "a", .failure), []),
                (3, call("c"), [.deliver(id: "c", environment: 1)]), (4, .answered(id: "c", .failure), []),
                (5, call("d"), [.deliver(id: "d", environment: 1)]),
            ])
    }

    @Test func aTenantHasEnvironmentsOfItsOwn() {
        _ = play(
            { $0.environments = 2 },
            [
                (0, .start, [.start(environment: 1)]), (1, call("a", "red"), [.deliver(id: "a", environment: 1)]),
            ] + end("a", at: 2) + [
                (3, call("b", "blue"), [.start(environment: 2), .deliver(id: "b", environment: 2)])
            ] + end("b", at: 4) + [
                (5, call("c", "red"), [.deliver(id: "c", environment: 1)]),
                // At the limit one that is free gives way.
                (
                    6, call("d"),
                    [.end(environment: 2), .start(environment: 3), .deliver(id: "d", environment: 3)]
                ), (7, call("e", "blue"), [.refuse(id: "e")]), (8, .closed(environment: 2), []),
            ] + end("c", at: 9) + [
                (
                    10, event("f", "blue"),
                    [.end(environment: 1), .start(environment: 4), .deliver(id: "f", environment: 4)]
                )
            ])
    }

    @Test func whatIsIdleEnds() {
        let policy = play(
            {
                $0.environments = 3
                $0.idle = .seconds(1)
            },
            [
                // As long as it is not ready nobody could have used it.
                (0, .start, [.start(environment: 1)]), (2000, .time, []), (3000, .ready(environment: 1), []),
                (3500, call("a"), [.deliver(id: "a", environment: 1)]), (4000, .ready(environment: 1), []),
                (4500, call("b"), [.start(environment: 2), .deliver(id: "b", environment: 2)]),
            ] + end("a", at: 4600) + [(4650, .ready(environment: 2), [])] + end("b", at: 4700) + [
                (5599, .time, []), (5600, .time, [.end(environment: 1)]), (5650, .closed(environment: 1), []),
            ])
        #expect(policy.nextDeadline == Moment(nanoseconds: 5_700_000_000))
        #expect(!policy.isClosed)
    }

    @Test func eventsWaitInTheirOrderBehindCallers() {
        let policy = play(
            { $0.environments = 1 },
            [
                (0, event("a"), [.start(environment: 1), .deliver(id: "a", environment: 1)]), (1, event("b"), []),
                (2, event("c"), []), (3, .began(id: "a"), []), (4, .answered(id: "a", .success), []),
                (5, call("d"), []), (6, .ended(id: "a"), [.complete(id: "a"), .deliver(id: "d", environment: 1)]),
            ] + end("d", at: 7, .success, [.deliver(id: "b", environment: 1)])
                + end("b", at: 8, .success, [.complete(id: "b"), .deliver(id: "c", environment: 1)]))
        #expect(policy.eventCount == 0)
    }

    @Test func anEventThatFailsIsTriedTwiceMore() {
        let first: [Step] =
            [(0, event("a"), [.start(environment: 1), .deliver(id: "a", environment: 1)])]
            + end("a", at: 1000, .failure)
        let second = first + [(60_999, .time, []), (61_000, .time, [.deliver(id: "a", environment: 1)])]
        let third =
            second + end("a", at: 70_000, .failure) + [
                (189_999, .time, []), (190_000, .time, [.deliver(id: "a", environment: 1)]),
            ]
        let resting = play({ _ in }, first)
        #expect(resting.isRetrying && resting.eventCount == 1)
        #expect(resting.nextDeadline == Moment(nanoseconds: 61_000_000_000))
        #expect(play({ _ in }, second).isRetrying)
        let good = play({ _ in }, second + end("a", at: 70_000, .success, [.complete(id: "a")]))
        #expect(!good.isRetrying && good.nextDeadline == nil)
        let lost = play(
            { _ in },
            third + end("a", at: 190_001, .failure, [.discard(id: "a", .retriesExhausted, attempts: 3)]))
        #expect(!lost.isRetrying && lost.eventCount == 0)
        // Without a pause the next attempt begins with the END of the one before.
        _ = play(
            { $0.retryAfter = .zero },
            Array(first.dropLast()) + [(1000, .ended(id: "a"), [.deliver(id: "a", environment: 1)])])
    }

    @Test func anEventThatHasWaitedTooLongIsDiscarded() {
        let busy: [Step] = [
            (0, call("a"), [.start(environment: 1), .deliver(id: "a", environment: 1)]), (10, event("b"), []),
        ]
        let waiting = play({ $0.eventAge = .seconds(90) }, busy)
        #expect(waiting.nextDeadline == Moment(nanoseconds: 90_010_000_000))
        _ = play(
            { $0.eventAge = .seconds(90) },
            busy + [
                (90_009, .time, []), (90_010, .time, [.discard(id: "b", .eventAgeExceeded, attempts: 0)]),
            ])
        _ = play(
            { $0.eventAge = .seconds(90) },
            busy + end("a", at: 20, .success, [.deliver(id: "b", environment: 1)]) + end("b", at: 80_000, .failure) + [
                (140_000, .time, [.discard(id: "b", .eventAgeExceeded, attempts: 1)])
            ])
    }

    @Test func aShutdownInterruptsWhoWaitsAndLeavesEvents() {
        let closing: [Step] = [
            (0, call("a"), [.start(environment: 1), .deliver(id: "a", environment: 1)]), (1, event("b"), []),
            (2, .began(id: "a"), []), (3, .answered(id: "a", .success), []), (4, call("c"), []),
            (5, .shutdown, [.interrupt(id: "c"), .end(environment: 1)]), (6, .shutdown, []),
            (7, call("d"), [.interrupt(id: "d")]), (8, event("e"), [.interrupt(id: "e")]), (9, .ended(id: "a"), []),
        ]
        let open = play({ _ in }, closing)
        #expect(!open.isClosed && open.eventCount == 1 && open.nextDeadline == nil)
        #expect(play({ _ in }, closing + [(10, .closed(environment: 1), [])]).isClosed)
        #expect(play({ _ in }, [(0, .shutdown, [])]).isClosed)
        // An event whose attempt was interrupted is left, too.
        let left = play(
            { _ in },
            [
                (0, event("a"), [.start(environment: 1), .deliver(id: "a", environment: 1)]), (1, .began(id: "a"), []),
                (2, .shutdown, [.end(environment: 1)]), (3, .ended(id: "a"), []),
                (3, .answered(id: "a", .interruption), []), (4, .closed(environment: 1), []),
            ])
        #expect(left.isClosed && left.eventCount == 1)
    }

    /// As on Managed Instances.
    @Test func aSharedEnvironmentTakesWhateverComes() {
        let policy = play(
            {
                $0.isShared = true
                $0.environments = 1
                $0.idle = .seconds(1)
            },
            [(0, .start, [.start(environment: 1)]), (1, call("a", "red"), [.deliver(id: "a", environment: 1)])]
                + [
                    (2, call("b", "blue"), [.deliver(id: "b", environment: 1)]),
                    (3, event("c"), [.deliver(id: "c", environment: 1)]),
                ]
                + end("b", at: 4) + end("a", at: 4) + end("c", at: 5, .failure) + [(5_000, .time, [])])
        #expect(policy.nextDeadline == Moment(nanoseconds: 60_005_000_000))
    }

    /// Whatever happens, a fleet keeps its limits, and nobody is forgotten.
    @Test(arguments: 0..<200 as Range<UInt64>)
    func aLifeOfChance(seed: UInt64) {
        var world = FleetWorld(seed: seed)
        world.live(steps: 400)
        world.close()
        #expect(world.faults == [], "seed \(seed)")
    }
}
