import SandboxCore
import Testing

/// Many events at a time, as on Lambda Managed Instances.
@Suite struct ManagedInstancesTests {
    private func idle(_ workers: Int, extensions: [String] = []) -> Life {
        Life.idle(extensions: extensions, events: ["SHUTDOWN"], kind: .managedInstances, workers: workers)
    }

    @Test func everyWorkerGetsAnotherEvent() {
        var life = idle(3)
        for id in ["a", "b", "c"] { life.invoke(id) }
        #expect(life.story == ["START a", "event a", "START b", "event b", "START c", "event c"])
        life.runtime(.response(id: "b", FunctionResponse(body: [2])))
        #expect(life.story.suffix(3) == ["finish b ok", "202", "END b"])
        #expect(life.outcomes(of: "b") == [.success(body: [2], contentType: "application/json")])
        life.runtime(.error(id: "a", type: "Mine", body: [1]))
        #expect(life.outcomes(of: "a").map(\.errorType) == ["Mine"])
        life.runtime(.next)
        life.invoke("d")
        #expect(life.story.last == "event d")
        life.runtime(.response(id: "c", FunctionResponse(body: [3])))
        life.runtime(.response(id: "d", FunctionResponse(body: [4])))
        #expect(life.outcomes(of: "d") == [.success(body: [4], contentType: "application/json")])
        #expect(life.environment.idleWorkers == 0)
    }

    @Test func nothingIsFrozenAndNoExtensionIsToldOfEvents() {
        var life = idle(2, extensions: ["ext"])
        life.invoke("a")
        life.complete("a")
        #expect(life.story == ["START a", "event a", "finish a ok", "202", "END a"])
        #expect(!life.environment.isAsleep)
    }

    @Test func theWorkerThatHasWaitedLongestIsNext() {
        var life = idle(2)
        life.invoke("a", "b")
        life.runtime(.response(id: "b", FunctionResponse()))
        let first = life.runtime(.next)
        life.runtime(.response(id: "a", FunctionResponse()))
        let second = life.runtime(.next)
        life.invoke("c")
        #expect(life.reply(to: first) == "event c")
        #expect(life.answer(to: second) == nil)
    }

    @Test func oneNextTooManyIsAnInternalError() {
        var life = idle(2)
        let call = life.runtime(.next)
        #expect(life.reply(to: call) == "500 InternalServerError")
        life.invoke("a")
        #expect(life.answer(to: .next) == nil)
        #expect(life.environment.idleWorkers == 2)
    }

    @Test func withoutAnIdleWorkerTheCallerIsRefused() {
        var life = idle(1)
        life.invoke("a", "b")
        #expect(life.story.suffix(1) == ["finish b Runtime.Unavailable"])
        #expect(life.failure(of: "b")?.isRefusal == true && life.failure(of: "b")?.isInterruption == false)
        // A worker that comes later finds nothing of it.
        let call = life.runtime(.next)
        #expect(life.answer(to: call) == nil)
    }

    @Test func anEventThatNobodyWaitsForWaitsForAWorker() {
        var life = idle(1)
        life.invoke("a")
        life.invoke("b", isAsynchronous: true)
        life.invoke("c")
        #expect(life.outcomes(of: "b").isEmpty && life.outcomes(of: "c").count == 1)
        life.wait(.seconds(2))
        life.complete("a")
        #expect(life.story.suffix(2) == ["START b", "event b"])
    }

    @Test func whoCameDuringTheStartWaitsForTheWorkersOnTheirWay() {
        var life = Life(.managedInstances) { $0.concurrency = 3 }
        for id in ["a", "b", "c", "d"] { life.invoke(id) }
        life.runtime(.next)
        life.wait(.seconds(1))
        life.runtime(.next)
        life.invoke("late")
        #expect(
            life.story == [
                "open 1", "start function", "START a", "event a", "START b", "event b",
                "finish late Runtime.Unavailable",
            ])
        life.complete("a")
        #expect(life.story.last == "event c")
        // No longer than the start itself might have taken.
        #expect(life.environment.nextDeadline == Moment.zero + .seconds(4))
        life.wait(.seconds(9))
        #expect(life.outcomes(of: "d").map(\.errorType) == ["Runtime.Unavailable"])
        #expect(life.initReports().count == 1)
    }

    @Test func aTimeoutIsOneInvocationsAlone() {
        var life = idle(3, extensions: ["ext"])
        life.invoke("a")
        life.wait(.seconds(2))
        life.invoke("b")
        #expect(life.environment.nextDeadline == Moment.zero + .seconds(3))
        life.wait(.seconds(1))
        #expect(life.story.suffix(2) == ["END a", "finish a Sandbox.Timedout"])
        #expect(life.report(of: "a")?.failure?.isTimeout == true)
        #expect(life.environment.nextDeadline == Moment.zero + .seconds(5))
        let late = life.runtime(.response(id: "a", FunctionResponse(body: [9])))
        #expect(life.reply(to: late) == "410 InvokeTimeout")
        // The service forgets it with that.
        #expect(life.refusal(of: .error(id: "a", type: "", body: []))?.status == 400)
        life.runtime(.response(id: "b", FunctionResponse(body: [2])))
        #expect(life.outcomes(of: "b") == [.success(body: [2], contentType: "application/json")])
        #expect(life.outcomes(of: "a").count == 1)
    }

    @Test func twoTimeoutsAtOnceAreTwo() {
        var life = idle(2)
        life.invoke("a", "b")
        life.wait(.seconds(3))
        #expect(
            life.story.suffix(4) == ["END a", "finish a Sandbox.Timedout", "END b", "finish b Sandbox.Timedout"])
    }

    @Test(arguments: [(false, 900), (true, 5400)])
    func whoWaitsHasAQuarterOfAnHour(isAsynchronous: Bool, seconds: Int) {
        var life = Life.starting([], kind: .managedInstances) { $0.timeout = .seconds(5400) }
        life.runtime(.next)
        life.invoke("a", isAsynchronous: isAsynchronous)
        #expect(life.environment.nextDeadline == life.now + .seconds(seconds))
        life.wait(.seconds(seconds))
        #expect(life.failure(of: "a")?.message == "Task timed out after \(seconds).00 seconds")
    }

    @Test func aSecondResponseHasNoRequest() {
        var life = idle(2)
        life.invoke("a")
        life.runtime(.response(id: "a", FunctionResponse()))
        let second = life.runtime(.response(id: "a", FunctionResponse()))
        #expect(life.reply(to: second) == "400 InvalidRequestID")
    }

    @Test(arguments: [(Role.extension(0), "Extension.Crash"), (.function, "Runtime.ExitError")])
    func aDeathEndsTheEnvironmentForEverybody(role: Role, type: String) {
        var life = idle(2, extensions: ["ext"])
        life.invoke("a", "b")
        life.exit(role, .signal(9))
        for id in ["a", "b"] { #expect(life.outcomes(of: id).map(\.errorType) == [type]) }
        #expect(life.stopReports().isEmpty)
        for other in [Role.function, .extension(0)] where other != role { life.exit(other, .code(0)) }
        #expect(life.stopReports().map(\.isReset) == [true])
        life.invoke("c")
        #expect(life.story.suffix(2) == ["open 2", "start extension 0"])
    }

    @Test func aDeathIsNoticedAtOnceWhereNothingIsFrozen() {
        var life = idle(1, extensions: ["ext"])
        life.exit(.extension(0), .code(1))
        #expect(life.story == ["terminate function"])
        life.exit(.function, .code(0))
        #expect(life.story.last == "close 1")
    }

    @Test func aWorkerThatGoesAwayIsNotGivenAnEvent() {
        var life = idle(2)
        life.send(.disconnected(life.calls[.function]!))
        #expect(life.environment.idleWorkers == 1)
        life.invoke("a", "b")
        #expect(life.story == ["START a", "event a", "finish b Runtime.Unavailable"])
    }

    @Test func anEventWhoseWorkerWentAwayEndsWithItsTime() {
        var life = idle(1)
        life.invoke("a")
        life.send(.disconnected(life.calls[.function]!))
        // Nobody else is given it, and nobody else's work is touched.
        #expect(life.answer(to: .next) == nil)
        life.invoke("b")
        life.wait(.seconds(3))
        #expect(life.outcomes(of: "a").map(\.errorType) == ["Sandbox.Timedout"])
    }

    @Test func theShutdownTellsWhoeverWaits() {
        var life = idle(2, extensions: ["ext"])
        life.invoke("a", "b")
        life.invoke("c", isAsynchronous: true)
        life.send(.shutdown)
        for id in ["a", "b", "c"] {
            #expect(life.outcomes(of: id).map(\.errorType) == ["Client.ExecutionEnvironmentShutDown"])
        }
        #expect(life.story.last == "terminate function")
        life.exit(.function, .signal(15))
        #expect(life.story.last == "SHUTDOWN spindown")
        life.exit(.extension(0), .code(0))
        #expect(life.stopReports().map(\.isClean) == [true])
        life.invoke("d")
        #expect(life.outcomes(of: "d").map(\.errorType) == ["Client.ExecutionEnvironmentShutDown"])
    }

    @Test func theFunctionHasTwiceTheTimeToEnd() {
        var life = idle(2, extensions: ["ext"])
        life.send(.shutdown)
        #expect(life.environment.nextDeadline == life.now + .milliseconds(600))
        life.wait(.milliseconds(599))
        #expect(life.story.last == "terminate function")
        life.wait(.milliseconds(1))
        #expect(life.story.last == "kill function")
        life.exit(.function, .signal(9))
        // The whole still has its two seconds.
        #expect(life.story.last == "SHUTDOWN spindown")
        #expect(life.environment.nextDeadline == life.now + .milliseconds(1400))
    }

    @Test func internalExtensionsChangeNothingOfThat() {
        var life = Life.starting([], kind: .managedInstances)
        life.enter("inside")
        life.runtime(.next)
        life.send(.shutdown)
        #expect(life.story.last == "terminate function")
        #expect(life.environment.nextDeadline == life.now + .milliseconds(600))
    }

    @Test func aStartThatFailsIsEverybodysAnswer() {
        var life = Life(.managedInstances)
        life.invoke("a", "b")
        life.exit(.function, .code(3))
        #expect(life.initReports().map(\.phase) == [.initial])
        for id in ["a", "b"] { #expect(life.outcomes(of: id).map(\.errorType) == ["Runtime.ExitError"]) }
        // It is not tried again for nobody, but for the next who asks.
        #expect(life.story.last == "close 1")
        life.invoke("c")
        #expect(life.story.suffix(2) == ["open 2", "start function"])
        life.wait(.seconds(10))
        #expect(life.outcomes(of: "c").map(\.errorType) == ["Sandbox.Timedout"])
    }
}

/// `Lambda-Runtime-Invocation-Id`: each delivery has one of its own, and an answer under another one reaches nobody.
@Suite struct InvocationIDTests {
    private typealias Answer = @Sendable (_ request: String, _ invocation: String?) -> RuntimeCall

    private static let answers: [Answer] = [
        { .response(id: $0, invocationID: $1, FunctionResponse(body: [9])) },
        { .response(id: $0, invocationID: $1, FunctionResponse(body: [9], mode: .streaming)) },
        { .error(id: $0, invocationID: $1, type: "Late", body: [9]) },
    ]

    @Test(arguments: [Configuration.Kind.onDemand, .managedInstances])
    func theOneUnderWayAndNoneAreWelcome(kind: Configuration.Kind) {
        for answer in Self.answers {
            for namesInvocation in [true, false] {
                var life = Life.busy(on: "a", extensions: [], kind: kind)
                let id = life.invocationIDs(of: "a").first ?? ""
                #expect(IdentifierSource.isUUID(id))
                let call = life.runtime(answer("a", namesInvocation ? id : nil))
                #expect(life.refusal(of: call) == nil)
                #expect(life.outcomes(of: "a").count == 1)
            }
        }
    }

    @Test(arguments: [Configuration.Kind.onDemand, .managedInstances])
    func anyOtherIsRefused(kind: Configuration.Kind) {
        for answer in Self.answers {
            var life = Life.busy(on: "a", extensions: [], kind: kind)
            let call = life.runtime(answer("a", "00000000-0000-4000-8000-000000000000"))
            #expect(life.refusal(of: call)?.status == 410)
            #expect(life.outcomes(of: "a").isEmpty)
            // Its real value still counts.
            life.runtime(
                .response(id: "a", invocationID: life.invocationIDs(of: "a").last, FunctionResponse(body: [1])))
            #expect(life.outcomes(of: "a") == [.success(body: [1], contentType: "application/json")])
        }
    }

    /// A request that timed out comes again under its id, as retries do, while the handler of the first is still at work.
    @Test func aLateAnswerNeverReachesARetryOfTheSameRequest() {
        for answer in Self.answers {
            var life = Life.busy(on: "a", extensions: [], kind: .managedInstances, workers: 2)
            life.wait(.seconds(3))
            life.invoke("a")
            let ids = life.invocationIDs(of: "a")
            #expect(ids.count == 2 && ids[0] != ids[1])
            let late = life.runtime(answer("a", ids[0]))
            #expect(life.refusal(of: late)?.status == 410)
            #expect(life.outcomes(of: "a").map(\.errorType) == ["Sandbox.Timedout"])
            life.runtime(.response(id: "a", invocationID: ids[1], FunctionResponse(body: [2])))
            #expect(life.outcomes(of: "a").last == .success(body: [2], contentType: "application/json"))
        }
    }

    @Test func aLateAnswerNeverReachesTheNextRequest() {
        for answer in Self.answers {
            var life = Life.busy(on: "a", extensions: [], kind: .managedInstances, workers: 2)
            life.wait(.seconds(3))
            life.invoke("b")
            let old = life.invocationIDs(of: "a")[0]
            #expect(life.refusal(of: answer("b", old))?.status == 410)
            #expect(life.refusal(of: answer("a", old))?.status == 410)
            #expect(life.outcomes(of: "b").isEmpty)
        }
    }

    @Test func onDemandARequestThatFailedComesAgain() {
        var life = Life.busy(on: "a", extensions: [])
        life.runtime(.error(id: "a", type: "Broke", body: []))
        life.runtime(.next)
        life.invoke("a")
        let ids = life.invocationIDs(of: "a")
        #expect(
            life.refusal(of: .response(id: "a", invocationID: ids[0], FunctionResponse()))?.status == 410)
        #expect(life.outcomes(of: "a").count == 1)
    }

    @Test func onDemandAnEventThatIsGivenAgainHasAnother() {
        var life = Life.busy(on: "a", extensions: [])
        life.runtime(.next)
        let ids = life.invocationIDs(of: "a")
        #expect(ids.count == 2 && ids[0] != ids[1])
        #expect(
            life.refusal(of: .response(id: "a", invocationID: ids[0], FunctionResponse()))?.status == 410)
        let call = life.runtime(.response(id: "a", invocationID: ids[1], FunctionResponse()))
        #expect(life.refusal(of: call) == nil)
    }
}
