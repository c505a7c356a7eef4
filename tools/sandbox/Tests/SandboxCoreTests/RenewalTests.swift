import SandboxCore
import Testing

/// A start anew with other programs, from every state.
@Suite struct RenewalTests {
    private func exit(_ life: inout Life, extensions: Int = 1, generation: Int = 1) {
        life.exit(.function, .code(0), generation: generation)
        for index in 0..<extensions { life.exit(.extension(index), .code(0), generation: generation) }
    }

    /// In order, as at any end of an environment, and at once: nobody has to invoke for it.
    @Test func whatIsIdleStartsAnew() {
        var life = Life.idle()
        life.send(.renew)
        exit(&life)
        #expect(
            life.story == [
                "thaw 2", "terminate function", "SHUTDOWN spindown", "close 1", "open 2", "start extension 0",
            ])
        #expect(life.stopReports().map(\.isReset) == [true])
        life.enter("ext")
        life.runtime(.next)
        #expect(life.initReports().map(\.phase) == [.initial])
        #expect(life.story.last == "freeze 2")
    }

    @Test func anInvocationUnderWayEndsBefore() {
        var life = Life.busy(extensions: [])
        life.send(.renew)
        life.invoke("s")
        #expect(life.story.last == "event r")
        life.complete("r")
        exit(&life, extensions: 0)
        life.runtime(.next)
        #expect(
            life.story.suffix(9) == [
                "finish r ok", "202", "END r", "kill function", "close 1", "open 2", "start function", "START s",
                "event s",
            ])
        life.complete("s")
        #expect(life.report(of: "s")?.initDuration != nil)
    }

    @Test func aStartThatHangsIsNotWaitedFor() {
        var life = Life.starting([])
        life.invoke("r")
        life.send(.renew)
        exit(&life, extensions: 0)
        #expect(life.initReports().map(\.failure?.isInterruption) == [true])
        life.runtime(.next)
        #expect(life.outcomes(of: "r") == [])
        #expect(life.story.suffix(3) == ["start function", "START r", "event r"])
    }

    @Test func whatBrokeStartsBeforeAnybodyAsks() {
        var life = Life.busy(extensions: [])
        life.exit(.function, .code(1))
        #expect(life.story.last == "close 1")
        life.send(.renew)
        #expect(life.story.suffix(2) == ["open 2", "start function"])
    }

    @Test func whatIsEndingStartsOnceItHasEnded() {
        var life = Life.idle()
        life.send(.renew)
        life.send(.renew)
        exit(&life)
        #expect(life.story.suffix(2) == ["open 2", "start extension 0"])
        #expect(life.story.count { $0.hasPrefix("open") } == 1)
    }

    @Test func aSnapshotIsTakenAnew() {
        var life = Life.starting([], kind: .snapStart)
        life.runtime(.restoreNext)
        life.send(.renew)
        exit(&life, extensions: 0)
        life.invoke("r")
        life.runtime(.next)
        #expect(life.story.suffix(3) == ["thaw 1", "START r", "event r"])
    }

    @Test func beforeTheFirstStartAndAfterTheEndThereIsNothingToDo() {
        var life = Life()
        life.send(.renew)
        #expect(life.story == [])
        life.send(.start)
        life.runtime(.next)
        life.send(.shutdown)
        life.send(.renew)
        life.exit(.function, .code(0))
        #expect(life.environment.isClosed && life.story.last == "close 1")
    }

    /// Whoever comes meanwhile waits, though a worker is idle, and is not refused.
    @Test func onManagedInstancesThoseUnderWayEndBefore() {
        var life = Life.busy(on: "1", extensions: [], kind: .managedInstances, workers: 2)
        life.send(.renew)
        life.invoke("2")
        #expect(life.story.last == "event 1")
        life.runtime(.response(id: "1", FunctionResponse()))
        exit(&life, extensions: 0)
        life.runtime(.next)
        #expect(life.story.suffix(4) == ["open 2", "start function", "START 2", "event 2"])
        #expect(life.outcomes(of: "2") == [])
    }
}
