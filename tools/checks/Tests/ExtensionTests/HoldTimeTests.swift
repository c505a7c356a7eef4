import LambdaExtension
import Testing

/// Holds that end because their time is over.
@Suite struct HoldTimeTests {
    @Test(arguments: [(margin: nil as Int64?, effective: 50 as Int64), (0, 0), (300, 300)])
    func aHoldEndsBeforeTheDeadline(_ margin: Int64?, _ effective: Int64) throws {
        let (scene, function) = try Scene.inSession(["POSTINVOKE_DEADLINE_MARGIN_MS": margin.map { "\($0)" }])
        let deadline = WallClock.milliseconds + 500
        try scene.invoke("a", deadline: deadline, next: 2)
        #expect(WallClock.milliseconds >= deadline - effective)
        #expect(try scene.status().releases == Status.Releases(deadline: 1))
        // It has spilled over: its done is late, and no other invocation's.
        #expect(try scene.ask(function, done("a")).status == 200)
        #expect(try scene.status().stale == 1)
    }

    @Test func aDeadlineThatIsNearHoldsNothing() throws {
        let (scene, _) = try Scene.inSession(["POSTINVOKE_DEADLINE_MARGIN_MS": "7200000"])
        try scene.invoke("a", next: 2)
        #expect(try scene.status().releases == Status.Releases(deadline: 1))
    }

    /// Deadlines that no clock has, in nanoseconds past what 64 bits can say, and such as have passed: `cargo lambda watch` gives
    /// some of 1970.
    @Test func aDeadlineMayBeFarAway() throws {
        let (scene, function) = try Scene.inSession()
        let deadlines = [.min, -1, 0, 5_000, WallClock.milliseconds - 1, .max]
        for (round, deadline) in deadlines.enumerated() {
            try scene.lambda.invoke("a\(round)", deadline: deadline)
            try scene.expectHold("a\(round)")
            try scene.release(function, "a\(round)", next: 2 + round)
        }
        #expect(try scene.status().releases == Status.Releases(done: deadlines.count))
    }

    /// Also where the deadline, one of 1970, is none.
    @Test(arguments: [nil, 5_000] as [Int64?])
    func aHoldEndsWithItsBudget(_ deadline: Int64?) throws {
        let (scene, _) = try Scene.inSession(["POSTINVOKE_MAX_HOLD_MS": "200"])
        let start = Instant.now
        try scene.invoke("a", deadline: deadline, next: 2)
        #expect(Instant.now - start >= .milliseconds(200))
        #expect(try scene.status().releases == Status.Releases(budget: 1))
    }

    @Test func theEarlierOfDeadlineAndBudgetCounts() throws {
        let (scene, _) = try Scene.inSession(["POSTINVOKE_MAX_HOLD_MS": "60000"])
        try scene.invoke("a", deadline: WallClock.milliseconds + 200, next: 2)
        #expect(try scene.status().releases == Status.Releases(deadline: 1))
    }
}
