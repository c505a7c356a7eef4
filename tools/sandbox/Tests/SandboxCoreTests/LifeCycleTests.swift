import SandboxCore
import Testing

@Suite struct LifeCycleTests {
    @Test func extensionsRegisterBeforeTheFunctionStarts() {
        var life = Life.starting(["a", "b"])
        #expect(life.story == ["open 1", "start extension 0", "start extension 1"])
        let a = life.register("a", ["INVOKE"])
        #expect(!life.story.contains("start function"))
        let b = life.register("b", ["SHUTDOWN"])
        #expect(life.story.last == "start function")
        life.extension(.next(identifier: a))
        life.extension(.next(identifier: b))
        #expect(!life.environment.isAsleep)
        life.runtime(.next)
        #expect(life.environment.isAsleep)
        #expect(life.story.last == "freeze 3")
    }

    @Test func withoutExtensionsTheFunctionStartsAtOnce() {
        #expect(Life.starting([]).story == ["open 1", "start function"])
    }

    @Test func anInvocationStartsAColdEnvironment() {
        var life = Life()
        life.invoke("r")
        #expect(life.story == ["open 1", "start function"])
        life.runtime(.next)
        #expect(life.story.suffix(2) == ["START r", "event r"])
    }

    @Test func theCallerIsAnsweredBeforeTheExtensionLetsGo() {
        var life = Life.busy()
        life.now = life.now + .milliseconds(2)
        life.runtime(.response(id: "r", FunctionResponse(body: [1])))
        life.now = life.now + .milliseconds(10)
        life.runtime(.next)
        life.now = life.now + .seconds(1)
        life.next(of: "ext")
        #expect(
            life.story == ["thaw 2", "START r", "INVOKE r", "event r", "finish r ok", "202", "END r", "freeze 2"])
        #expect(life.outcomes(of: "r") == [.success(body: [1], contentType: "application/json")])
        let report = life.report(of: "r")
        #expect(report?.duration == .milliseconds(1012))
        #expect(report?.hold == .milliseconds(1010))
        #expect(report?.postRuntimeExtensions == .milliseconds(1000))
        #expect(report?.initDuration == .zero)
        #expect(report?.billedMilliseconds == 1012)
        #expect(report?.failure == nil)
    }

    @Test func aWarmInvocationHasNoInitDuration() {
        var life = Life.busy(on: "1", extensions: [])
        life.complete("1")
        life.invoke("2")
        life.complete("2")
        #expect(life.report(of: "1")?.initDuration != nil)
        #expect(life.report(of: "2")?.initDuration == nil)
        #expect(life.report(of: "2")?.postRuntimeExtensions == nil)
    }

    @Test func invocationsWaitForEachOtherAndDoNotFreezeInBetween() {
        var life = Life.busy(on: "1", extensions: [])
        life.invoke("2")
        life.complete("1")
        #expect(
            life.story == ["thaw 1", "START 1", "event 1", "finish 1 ok", "202", "END 1", "START 2", "event 2"])
    }

    @Test func anEventForWhoeverIsNotWaitingIsKept() {
        var life = Life.idle()
        life.send(.disconnected(life.calls[.function]!))
        life.send(.disconnected(life.calls[.extension(0)]!))
        life.invoke("r")
        #expect(life.story == ["thaw 2", "START r"])
        life.runtime(.next)
        life.next(of: "ext")
        #expect(life.story.suffix(2) == ["event r", "INVOKE r"])
    }

    @Test func theFunctionMayAskAgainForTheEventItHas() {
        var life = Life.busy(extensions: [])
        life.runtime(.next)
        #expect(life.story.suffix(2) == ["event r", "event r"])
    }

    @Test func aFunctionsErrorDoesNotResetTheEnvironment() {
        var life = Life.busy(extensions: [])
        life.runtime(.error(id: "r", type: "Handler.Broke", body: [7]))
        life.runtime(.next)
        #expect(life.outcomes(of: "r") == [.functionError(type: "Handler.Broke", body: [7])])
        #expect(life.story.last == "freeze 1")
        #expect(life.report(of: "r")?.responseErrorType == "Handler.Broke")
        #expect(life.report(of: "r")?.failure == nil)
    }

    @Test func aStreamThatBreaksOffIsAnError() {
        var life = Life.busy(extensions: [])
        life.runtime(.response(id: "r", FunctionResponse(mode: .streaming, trailingErrorType: "Function.Broke")))
        #expect(life.outcomes(of: "r") == [.functionError(type: "Function.Broke", body: [])])
    }

    @Test func initDurationIsBilled() {
        var life = Life()
        life.invoke("r")
        life.now = life.now + .microseconds(10_200)
        life.runtime(.next)
        life.now = life.now + .microseconds(1_100)
        life.complete("r")
        #expect(life.report(of: "r")?.initDuration == .microseconds(10_200))
        #expect(life.report(of: "r")?.duration == .microseconds(1_100))
        #expect(life.report(of: "r")?.billedMilliseconds == 12)
    }
}

extension Life {
    func report(of id: String) -> InvocationReport? {
        for case .note(.invocationEnded(let report)) in log where report.id == id { return report }
        return nil
    }

    func initReports() -> [InitReport] {
        log.compactMap { if case .note(.initEnded(let report)) = $0 { report } else { nil } }
    }

    func stopReports() -> [StopReport] {
        log.compactMap { if case .note(.stopped(let report)) = $0 { report } else { nil } }
    }
}
