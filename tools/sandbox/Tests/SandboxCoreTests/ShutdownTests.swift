import SandboxCore
import Testing

@Suite struct ShutdownTests {
    @Test func withoutExtensionsTheFunctionIsKilledAtOnce() {
        var life = Life.idle(extensions: [])
        life.send(.shutdown)
        #expect(life.story == ["thaw 1", "kill function"])
        life.exit(.function, .signal(9))
        #expect(life.environment.isClosed)
        #expect(life.stopReports().first?.killed == [])
    }

    @Test func theFunctionEndsBeforeTheExtensionIsTold() {
        var life = Life.idle()
        life.send(.shutdown)
        #expect(life.story == ["thaw 2", "terminate function"])
        life.wait(.milliseconds(50))
        life.exit(.function, .code(0))
        #expect(life.story.last == "SHUTDOWN spindown")
        life.exit(.extension(0), .code(0))
        #expect(life.environment.isClosed)
        #expect(life.stopReports().first?.killed == [])
        #expect(life.stopReports().first?.duration == .milliseconds(50))
    }

    @Test func eachPhaseHasItsTime() {
        var life = Life.idle()
        life.send(.shutdown)
        #expect(life.environment.nextDeadline == life.now + .milliseconds(300))
        life.wait(.milliseconds(300))
        #expect(life.story.last == "kill function")
        life.exit(.function, .signal(9))
        #expect(life.story.last == "SHUTDOWN spindown")
        #expect(life.environment.nextDeadline == life.now + .milliseconds(1700))
        life.wait(.milliseconds(1699))
        #expect(life.story.last == "SHUTDOWN spindown")
        life.wait(.milliseconds(1))
        #expect(life.story.last == "kill extension 0")
        #expect(!life.environment.isClosed)
        life.exit(.extension(0), .signal(9))
        #expect(life.environment.isClosed)
        #expect(life.stopReports().first?.killed == ["function", "ext"])
    }

    @Test func theDeadlineIsTwoSecondsAhead() {
        var life = Life.idle()
        life.send(.shutdown)
        life.exit(.function, .code(0))
        guard case .shutdown(_, let deadline)? = life.answer(to: life.calls[.extension(0)]!) else {
            Issue.record("not told")
            return
        }
        #expect(deadline == life.now + .seconds(2))
    }

    @Test func whoeverDidNotAskForShutdownIsKilled() {
        var life = Life.idle(events: ["INVOKE"])
        life.send(.shutdown)
        life.exit(.function, .code(0))
        #expect(life.story.last == "kill extension 0")
        life.exit(.extension(0), .signal(9))
        #expect(life.stopReports().first?.killed == [])
    }

    @Test func internalExtensionsGetNoEventButMoreTimeForTheFunction() {
        var life = Life.starting([])
        life.enter("inside", ["INVOKE"])
        life.runtime(.next)
        #expect(life.environment.isAsleep)
        life.send(.shutdown)
        #expect(life.story.last == "terminate function")
        #expect(life.environment.nextDeadline == life.now + .milliseconds(500))
        life.wait(.milliseconds(500))
        #expect(life.story.last == "kill function")
        life.exit(.function, .signal(9))
        #expect(life.environment.isClosed)
    }

    @Test func anInternalExtensionTakesPartInInvocations() {
        var life = Life()
        life.invoke("r")
        life.enter("inside", ["INVOKE"])
        life.runtime(.next)
        #expect(life.story.suffix(2) == ["INVOKE r", "event r"])
        life.complete("r")
        #expect(life.report(of: "r") == nil)
        life.next(of: "inside")
        #expect(life.report(of: "r") != nil)
    }

    @Test func shutdownDuringAnInvocationTellsEveryCaller() {
        var life = Life.busy(on: "1", extensions: [])
        life.invoke("2")
        life.send(.shutdown)
        life.invoke("3")
        for id in ["1", "2", "3"] { #expect(life.outcomes(of: id).map(\.errorType) == ["Sandbox.Failure"]) }
        life.exit(.function, .signal(9))
        #expect(life.environment.isClosed)
    }

    @Test func shutdownDuringAResetClosesAfterIt() {
        var life = Life.busy(on: "1")
        life.exit(.function, .code(1))
        life.invoke("2")
        life.send(.shutdown)
        life.exit(.extension(0), .code(0))
        #expect(life.environment.isClosed)
        #expect(life.outcomes(of: "2").map(\.errorType) == ["Sandbox.Failure"])
    }

    @Test func aColdEnvironmentClosesAtOnce() {
        var life = Life()
        life.send(.shutdown)
        #expect(life.environment.isClosed)
        #expect(life.story == [])
    }
}
