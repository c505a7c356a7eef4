import LambdaExtension
import Testing

/// The hold policy's table, seen from outside: what Lambda and the function notice of it.
@Suite struct HoldTests {
    @Test func aFunctionWithoutTheSDKIsNeverHeld() throws {
        let scene = try Scene.polling()
        for round in 1...3 {
            try scene.invoke("a\(round)", next: 1 + round)
        }
        let status = try scene.status()
        #expect(status.releases == Status.Releases(passThrough: 3))
        #expect(status.holds == 0)
    }

    @Test(arguments: ["a", nil])
    func aDoneThatCameEarlyCounts(_ id: String?) throws {
        let (scene, function) = try Scene.inSession()
        #expect(try scene.ask(function, done(id)).status == 200)
        try scene.invoke("a", next: 2)
        let status = try scene.status()
        #expect(status.early == 1)
        #expect(status.holds == 0)
        #expect(status.stale == 0)
    }

    @Test func anEarlyDoneCountsOnce() throws {
        let (scene, function) = try Scene.inSession()
        for _ in 0..<3 { #expect(try scene.ask(function, done("a")).status == 200) }
        try scene.invoke("a", next: 2)
        try scene.hold("b")
        let status = try scene.status()
        #expect(status.early == 1)
        #expect(status.stale == 2)
    }

    @Test func anEarlyDoneForAnotherInvocationReleasesNothing() throws {
        let (scene, function) = try Scene.inSession()
        try scene.ask(function, done("b"))
        try scene.hold("a")
        #expect(try scene.status().stale == 1)
    }

    @Test(arguments: ["a", nil])
    func aHoldEndsWithItsDone(_ id: String?) throws {
        let (scene, function) = try Scene.holding("a")
        try scene.release(function, id, next: 2)
        let status = try scene.status()
        #expect(status.holds == 1)
        #expect(status.releases == Status.Releases(done: 1))
        #expect(status.requestId == nil)
    }

    /// The environment may freeze as soon as Next was asked: the function's answer must be out by then.
    @Test(arguments: [true, false])
    func theFunctionIsAnsweredBeforeNextIsAsked(_ isPipelined: Bool) throws {
        let (scene, function) = try Scene.inSession()
        for round in 1...50 {
            try scene.hold("a\(round)")
            let before = function.answers.count
            var answered = -1
            scene.lambda.onRequest = { _ in
                function.receive()
                answered = function.answers.count - before
            }
            function.send(isPipelined ? check() + done("a\(round)") + check() : done("a\(round)"))
            try scene.expectNext(1 + round)
            #expect(answered >= (isPipelined ? 2 : 1))
            scene.lambda.onRequest = nil
            try scene.wait(for: "all answers") { function.answers.count == before + (isPipelined ? 3 : 1) }
        }
    }

    @Test func aDoneForAnotherInvocationReleasesNothing() throws {
        let (scene, function) = try Scene.holding("a")
        for id in ["b", "A", "a ", "aa", "ab"] where id != "a " {
            #expect(try scene.ask(function, done(id)).status == 200)
        }
        try scene.expectHold("a")
        #expect(try scene.status().stale == 4)
        try scene.release(function, "a", next: 2)
    }

    @Test func aSecondDoneIsStale() throws {
        let (scene, function) = try Scene.inSession()
        try scene.cycle(function, "a", next: 2)
        #expect(try scene.ask(function, done("a")).status == 200)
        #expect(try scene.status().stale == 1)
        try scene.hold("b")
        #expect(try scene.ask(function, done("a")).status == 200)
        try scene.expectHold("b")
        #expect(try scene.status().stale == 2)
    }

    /// Lambda tries again under the same id.
    @Test func anIDMayComeAgain() throws {
        let (scene, function) = try Scene.inSession()
        for round in 1...3 {
            try scene.cycle(function, "a", next: 1 + round)
        }
        #expect(try scene.status().stale == 0)
    }

    @Test func idsMayBeEscapedAndLong() throws {
        let (scene, function) = try Scene.inSession()
        let long = String(repeating: "x", count: 128)
        try scene.lambda.invoke(#"a\u002db"#)
        try scene.expectHold("a-b")
        try scene.release(function, "a-b", next: 2)
        try scene.cycle(function, long, next: 3)
    }

    /// A long trace id makes Lambda send the event in chunks.
    @Test(arguments: [2_000, 10_000, 100_000])
    func eventsMayComeInChunks(_ traceCount: Int) throws {
        let (scene, function) = try Scene.inSession()
        try scene.lambda.invoke("a", traceCount: traceCount)
        try scene.expectHold("a")
        try scene.release(function, "a", next: 2)
    }

    @Test func unknownEventsArePassedOver() throws {
        let (scene, _) = try Scene.inSession()
        try scene.lambda.answerWaiting(.status(200, #"{"eventType":"SNAPSHOT","deadlineMs":1}"#))
        try scene.expectNext(2)
        #expect(try scene.status().holds == 0)
    }

    /// Whichever of the two comes first, an invocation and its done: none is lost and none is released by another's.
    @Test func twoThousandCyclesLoseNothing() throws {
        let (scene, function) = try Scene.inSession()
        let cycles = 2_000
        for cycle in 1...cycles {
            let id = "cycle-\(cycle)"
            if cycle % 3 == 0 {
                function.send(done(id))
                try scene.lambda.invoke(id)
            } else {
                try scene.lambda.invoke(id)
                function.send(done(id))
            }
            try scene.expectNext(cycle + 1)
        }
        try scene.wait(for: "all answers") { function.answers.count == cycles + 1 }
        #expect(function.answers.allSatisfy { $0.status == 200 })
        let status = try scene.status()
        #expect(status.early + status.releases.done == cycles)
        #expect(status.holds == status.releases.done)
        #expect(status.stale == 0)
        #expect(status.refused == 0)
    }
}
