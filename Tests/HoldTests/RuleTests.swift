import Hold
import Testing

/// Rules that take more than one input to see.
@Suite struct RuleTests {
    private let start = ClockReading(monotonic: 1_000, wall: 500_000)

    @Test func withTheLastSessionGoesTheSDK() {
        var policy = HoldPolicy()
        _ = policy.handle(.checkIn(opensSession: true), at: start)
        _ = policy.handle(.checkIn(opensSession: true), at: start)
        _ = policy.handle(.sessionClosed, at: start)
        #expect(policy.isSDKPresent)
        _ = policy.handle(.sessionClosed, at: start)
        #expect(!policy.isSDKPresent)
        #expect(policy.handle(.invoke(RequestID("A"), deadline: .max), at: start) == .next(.passThrough))
        _ = policy.handle(.checkIn(opensSession: true), at: start)
        #expect(
            policy.handle(.invoke(RequestID("B"), deadline: .max), at: start)
                == .hold(until: .max - 500_000 + 1_000 - 50_000_000))
    }

    /// Nobody can reach the extension: it holds nothing, whoever seems to be there, and keeps its other settings.
    @Test func passingThroughHoldsNothing() {
        var policy = HoldPolicy(HoldPolicy.Settings(mode: .hold, deadlineMargin: 7, maximumHold: 9))
        policy.passThrough()
        #expect(policy.settings.mode == .passThrough)
        #expect(policy.settings.deadlineMargin == 7)
        #expect(policy.settings.maximumHold == 9)
        _ = policy.handle(.checkIn(opensSession: true), at: start)
        #expect(policy.handle(.invoke(RequestID("A"), deadline: .max), at: start) == .next(.passThrough))
        #expect(policy.counters.holds == 0)
        #expect(policy.counters.releases.passThrough == 1)
    }

    @Test func anSDKWithoutASessionStays() {
        var policy = HoldPolicy()
        _ = policy.handle(.checkIn(opensSession: false), at: start)
        _ = policy.handle(.checkIn(opensSession: true), at: start)
        _ = policy.handle(.sessionClosed, at: start)
        _ = policy.handle(.sessionClosed, at: start)
        #expect(policy.openSessions == 0)
        #expect(policy.isSDKPresent)
    }

    @Test func anIDThatIsInvokedAgainCanBeDoneAgain() {
        var policy = HoldPolicy()
        _ = policy.handle(.checkIn(opensSession: true), at: start)
        for round in 1...3 as ClosedRange<UInt64> {
            _ = policy.handle(.invoke(RequestID("A"), deadline: .max), at: start)
            #expect(policy.ending(of: RequestID("A")) == nil)
            _ = policy.handle(.done(RequestID("A"), from: .other), at: start)
            #expect(policy.ending(of: RequestID("A")) == .released(.done))
            #expect(policy.counters.releases.done == round)
            _ = policy.handle(.done(RequestID("A"), from: .other), at: start)
            #expect(policy.counters.stale == round)
        }
    }

    @Test func remembersTheLast16Endings() {
        var policy = HoldPolicy()
        for number in 1...20 { _ = policy.handle(.invoke(RequestID("\(number)"), deadline: .max), at: start) }
        // Numbers 5 to 20 are left, then 6 to 20 and 10 once more.
        _ = policy.handle(.invoke(RequestID("10"), deadline: .max), at: start)
        for number in 1...20 {
            let ending = policy.ending(of: RequestID("\(number)"))
            #expect(ending == (number < 6 ? nil : .notHeld(.passThrough)), "\(number)")
        }
        for number in 21...35 { _ = policy.handle(.invoke(RequestID("\(number)"), deadline: .max), at: start) }
        #expect(policy.ending(of: RequestID("20")) == nil)
        #expect(policy.ending(of: RequestID("10")) != nil)
    }

    @Test func remembersWhyItEnded() {
        var policy = HoldPolicy(.init(maximumHold: 100))
        let later = ClockReading(monotonic: 1_100, wall: 500_100)
        func ending(_ input: HoldPolicy.Input, deadline: Int64 = .max) -> HoldPolicy.Ending? {
            _ = policy.handle(.checkIn(opensSession: true), at: start)
            _ = policy.handle(.invoke(RequestID("A"), deadline: deadline), at: start)
            _ = policy.handle(input, at: later)
            return policy.ending(of: RequestID("A"))
        }
        #expect(ending(.done(nil, from: .session)) == .released(.done))
        #expect(ending(.timer) == .released(.budget))
        #expect(ending(.timer, deadline: 500_001) == .released(.deadline))
        while policy.openSessions > 0 { _ = policy.handle(.sessionClosed, at: start) }
        #expect(ending(.sessionClosed) == .released(.session))
        _ = policy.handle(.done(RequestID("B"), from: .other), at: start)
        _ = policy.handle(.invoke(RequestID("B"), deadline: .max), at: start)
        #expect(policy.ending(of: RequestID("B")) == .notHeld(.early))
    }

    @Test func keepsTheNewestEarlyDones() {
        var policy = HoldPolicy()
        _ = policy.handle(.checkIn(opensSession: true), at: start)
        for id in ["A", "B", "C", "D", "E"] { _ = policy.handle(.done(RequestID(id), from: .other), at: start) }
        #expect(policy.counters.stale == 1)
        var other = policy
        #expect(policy.handle(.invoke(RequestID("B"), deadline: .max), at: start) == .next(.early))
        #expect(policy.counters.early == 1)
        #expect(policy.counters.stale == 4)
        _ = other.handle(.invoke(RequestID("A"), deadline: .max), at: start)
        #expect(other.state.hold?.requestID == RequestID("A"))
        #expect(other.counters.stale == 5)
    }

    @Test func oneInvokeUsesUpEveryEarlyDone() {
        var policy = HoldPolicy()
        _ = policy.handle(.checkIn(opensSession: true), at: start)
        _ = policy.handle(.done(nil, from: .session), at: start)
        _ = policy.handle(.done(RequestID("A"), from: .session), at: start)
        #expect(policy.handle(.invoke(RequestID("A"), deadline: .max), at: start) == .next(.early))
        #expect(policy.counters.stale == 1)
        _ = policy.handle(.invoke(RequestID("B"), deadline: .max), at: start)
        #expect(policy.state.hold?.requestID == RequestID("B"))
    }

    /// Both clocks against a hold with a deadline at 1000 and a budget of 1000, both from zero.
    @Test(
        arguments: [
            // The clocks run together.
            (500, 500, "hold until 1000"), (999, 999, "hold until 1000"),
            (1_000, 1_000, "release A deadline after 1000"),
            // The monotonic clock stood still: the wall clock decides.
            (0, 400, "hold until 600"), (0, 1_000, "release A deadline after 0"),
            (0, 9_000, "release A deadline after 0"),
            // The wall clock stood still or went back: the budget decides.
            (700, 0, "hold until 1000"), (1_000, 0, "release A budget after 1000"),
            (1_000, -50, "release A budget after 1000"),
            // Both are over: the one that was over first.
            (3_000, 2_000, "release A budget after 3000"), (2_000, 3_000, "release A deadline after 2000"),
            // No monotonic clock goes back; it would only be a longer hold.
            (-10, 10, "hold until 980"), (-10, -10, "hold until 1000"),
        ] as [(Int64, Int64, String)])
    func looksAtBothClocks(monotonic: Int64, wall: Int64, action: String) {
        var policy = HoldPolicy(.init(deadlineMargin: 0, maximumHold: 1_000))
        _ = policy.handle(.checkIn(opensSession: true), at: ClockReading(monotonic: 0, wall: 0))
        _ = policy.handle(.invoke(RequestID("A"), deadline: 1_000), at: ClockReading(monotonic: 0, wall: 0))
        let now = ClockReading(monotonic: monotonic, wall: wall)
        #expect(policy.handle(.timer, at: now).text(at: now) == action)
    }

    /// `cargo lambda watch` gives deadlines in 1970; a restored clock may be ahead of Lambda's for a while.
    @Test(arguments: [0, 1, -1, .min, 999, 1_000] as [Int64])
    func aDeadlineThatHasPassedIsNone(deadline: Int64) {
        let then = ClockReading(monotonic: 0, wall: 1_000)
        for budget in [nil, 500] as [Int64?] {
            var policy = HoldPolicy(.init(deadlineMargin: 0, maximumHold: budget))
            _ = policy.handle(.checkIn(opensSession: true), at: then)
            let end = budget ?? .max
            #expect(policy.handle(.invoke(RequestID("A"), deadline: deadline), at: then) == .hold(until: end))
            #expect(policy.state.hold?.deadline == nil)
            // Wherever the wall clock goes, nothing but the longest hold is looked at.
            for wall in [.min, 0, 1_000, 5_000, .max] as [Int64] {
                let later = ClockReading(monotonic: 499, wall: wall)
                #expect(policy.handle(.timer, at: later) == .hold(until: end))
            }
            if budget != nil {
                let over = ClockReading(monotonic: 500, wall: 0)
                #expect(policy.handle(.timer, at: over).text(at: over) == "release A budget after 500")
                continue
            }
            var other = policy
            #expect(
                policy.handle(.done(RequestID("A"), from: .session), at: then).text(at: then)
                    == "release A done after 0")
            #expect(other.handle(.sessionClosed, at: then).text(at: then) == "release A session after 0")
        }
    }

    /// Only when the event arrives: what passes later ends the hold, also by a clock that was set forward.
    @Test func aDeadlineThatPassesLaterEndsTheHold() {
        var policy = HoldPolicy(.init(deadlineMargin: 100))
        let then = ClockReading(monotonic: 0, wall: 1_000)
        _ = policy.handle(.checkIn(opensSession: true), at: then)
        // Within the margin already: it is over, not none.
        #expect(
            policy.handle(.invoke(RequestID("A"), deadline: 1_001), at: then).text(at: then)
                == "release A deadline after 0")
        #expect(policy.handle(.invoke(RequestID("B"), deadline: 2_000), at: then) == .hold(until: 900))
        let ahead = ClockReading(monotonic: 1, wall: 1_900)
        #expect(policy.handle(.timer, at: ahead).text(at: ahead) == "release B deadline after 1")
    }

    /// On Managed Instances many processes are there at once, and nobody's word is refused.
    @Test func passingThroughRefusesNothing() {
        var policy = HoldPolicy(.init(mode: .passThrough))
        for _ in 0..<8 { _ = policy.handle(.checkIn(opensSession: true), at: start) }
        #expect(policy.handle(.done(nil, from: .other), at: start) == .nothing)
        #expect(policy.counters.refused == 0)
        #expect(policy.counters.stale == 1)
    }

    /// No clock, deadline, margin or budget, however far out, makes the arithmetic trap or a hold last.
    @Test func survivesEveryExtreme() {
        let extremes: [Int64] = [.min, .min + 1, -1, 0, 1, .max - 1, .max]
        let id = RequestID("A")
        for deadline in extremes {
            for margin in extremes {
                for budget in extremes.map(Optional.some) + [nil] {
                    for first in moments(extremes) {
                        var policy = HoldPolicy(.init(deadlineMargin: margin, maximumHold: budget))
                        _ = policy.handle(.checkIn(opensSession: true), at: first)
                        var action = policy.handle(.invoke(id, deadline: deadline), at: first)
                        if case .hold(let instant) = action {
                            #expect(instant >= first.monotonic)
                            #expect((budget ?? 1) > 0)
                            action = policy.handle(.timer, at: ClockReading(monotonic: 0, wall: -1))
                        }
                        guard case .release(let release) = action else { continue }
                        for now in extremes { #expect(release.heldNanoseconds(at: now) >= 0) }
                    }
                }
            }
        }
    }

    /// A `/done` must not cost a look at the clocks.
    @Test func asksForTheTimeOnlyWhereTheAnswerDependsOnIt() {
        var policy = HoldPolicy()
        var readings = 0
        func now() -> ClockReading {
            readings += 1
            return start
        }
        func handle(_ input: HoldPolicy.Input) -> Int {
            readings = 0
            _ = policy.handle(input, at: now())
            return readings
        }
        #expect(handle(.checkIn(opensSession: true)) == 0)
        #expect(handle(.invoke(RequestID("A"), deadline: .max)) == 1)
        #expect(handle(.done(nil, from: .other)) == 0, "refused")
        #expect(handle(.done(RequestID("B"), from: .session)) == 1, "of another")
        #expect(handle(.timer) == 1)
        #expect(handle(.done(RequestID("A"), from: .session)) == 0)
        #expect(handle(.timer) == 0)
        #expect(handle(.invoke(RequestID("B"), deadline: .max)) == 1)
        #expect(handle(.sessionClosed) == 0)
        #expect(handle(.shutdown) == 0)
    }

    private func moments(_ values: [Int64]) -> [ClockReading] {
        values.flatMap { monotonic in values.map { ClockReading(monotonic: monotonic, wall: $0) } }
    }

    @Test(
        arguments: [
            (.done, "done"), (.session, "session"), (.deadline, "deadline"), (.budget, "budget"),
        ] as [(HoldPolicy.ReleaseReason, String)])
    func eachReleaseHasItsWord(_ reason: HoldPolicy.ReleaseReason, _ word: String) {
        #expect("\(reason.name)" == word)
    }
}
