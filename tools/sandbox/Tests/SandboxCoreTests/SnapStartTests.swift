import SandboxCore
import Testing

/// A snapshot between the initialization and the first invocation.
@Suite struct SnapStartTests {
    /// An environment with SnapStart, started; the function has not asked for anything yet.
    private static func started(
        extensions: [String] = ["ext"], change: (inout Configuration) -> Void = { _ in }
    ) -> Life {
        var life = Life.starting(extensions, kind: .snapStart, change: change)
        for name in extensions { life.enter(name, ["INVOKE", "SHUTDOWN"]) }
        return life
    }

    /// The same with the snapshot taken, and the call that waits in it.
    private static func snapshot(
        hooks: Bool = true, extensions: [String] = ["ext"], change: (inout Configuration) -> Void = { _ in }
    ) -> (life: Life, call: Call) {
        var life = started(extensions: extensions, change: change)
        let call = life.runtime(hooks ? .restoreNext : .next)
        life.log = []
        return (life, call)
    }

    private static func restores(_ life: Life) -> [RestoreReport] {
        life.log.compactMap { if case .note(.restoreEnded(let report)) = $0 { report } else { nil } }
    }

    @Test func theSnapshotIsTakenWhenEverybodyWaits() {
        var life = Self.started()
        life.log = []
        #expect(!life.environment.isAsleep)
        life.runtime(.restoreNext)
        #expect(life.story == ["freeze 2"])
        #expect(life.environment.isAsleep)
        #expect(life.environment.nextDeadline == nil)
        let hasHooks = life.log.contains { if case .note(.snapshotTaken(hasHooks: true)) = $0 { true } else { false } }
        #expect(hasHooks)
    }

    @Test func anExtensionThatIsNotReadyHoldsTheSnapshotUp() {
        var life = Life.starting(kind: .snapStart)
        let identifier = life.register("ext", [])
        life.runtime(.restoreNext)
        #expect(!life.environment.isAsleep)
        life.extension(.next(identifier: identifier))
        #expect(life.environment.isAsleep)
    }

    @Test func theFirstInvocationRestoresIt() {
        var (life, call) = Self.snapshot()
        life.now = life.now + .seconds(3_600)
        life.invoke("r")
        #expect(life.story == ["renew", "thaw 2", "restored"])
        #expect(life.reply(to: call) == "restored")
        // The hooks have 10 seconds; the invocation has not begun.
        #expect(life.environment.nextDeadline == life.now + .seconds(10))
        life.now = life.now + .milliseconds(250)
        life.runtime(.next)
        #expect(life.story.suffix(3) == ["START r", "INVOKE r", "event r"])
        life.now = life.now + .microseconds(1_500)
        life.complete("r")
        life.next(of: "ext")
        #expect(Self.restores(life).map(\.duration) == [.milliseconds(250)])
        let report = life.report(of: "r")
        #expect(report?.initDuration == nil && report?.restoreDuration == .milliseconds(250))
        #expect(report?.duration == .microseconds(1_500))
        #expect(report?.billedMilliseconds == 252)
        // As warm as any other from here on.
        life.invoke("s")
        #expect(life.story.suffix(4) == ["thaw 2", "START s", "INVOKE s", "event s"])
        life.complete("s")
        life.next(of: "ext")
        #expect(life.report(of: "s")?.restoreDuration == nil)
        #expect(life.report(of: "s")?.billedMilliseconds == 0)
    }

    @Test func aFunctionWithoutHooksWaitsInNext() {
        var (life, call) = Self.snapshot(hooks: false)
        #expect(life.environment.isAsleep)
        life.invoke("r")
        #expect(life.story == ["renew", "thaw 2", "START r", "INVOKE r", "event r"])
        #expect(life.reply(to: call) == "event r")
        #expect(Self.restores(life).map(\.duration) == [.zero])
    }

    @Test func anInvocationThatCameEarlyIsServedAfterTheRestore() {
        var life = Life(.snapStart)
        life.invoke("r")
        #expect(life.story == ["open 1", "start function"])
        life.runtime(.restoreNext)
        #expect(life.story.suffix(4) == ["freeze 1", "renew", "thaw 1", "restored"])
        life.runtime(.next)
        #expect(life.story.suffix(2) == ["START r", "event r"])
    }

    @Test func nobodyIsRestoredBeforeTheInterval() {
        var (life, _) = Self.snapshot { $0.snapshotInterval = .seconds(5) }
        life.now = life.now + .seconds(2)
        life.invoke("r")
        #expect(life.story == [])
        #expect(life.environment.nextDeadline == life.now + .seconds(3))
        life.wait(.seconds(3))
        #expect(life.story == ["renew", "thaw 2", "restored"])
    }

    @Test func theStartHasMoreTimeThanTheTimeout() {
        for (timeout, limit) in [(3, 130), (129, 130), (131, 131), (900, 900)] {
            let life = Self.started { $0.timeout = .seconds(timeout) }
            #expect(life.environment.nextDeadline == life.now + .seconds(limit))
        }
    }

    @Test func aStartThatTakesTooLongFailsWhoeverWaits() {
        var life = Self.started()
        life.invoke("r")
        life.wait(.seconds(130))
        #expect(life.outcomes(of: "r").map(\.errorType) == ["Sandbox.Timedout"])
        #expect(life.report(of: "r")?.failure?.message == "Task timed out after 130.00 seconds")
        #expect(life.story.last == "SHUTDOWN timeout" || life.story.last == "terminate function")
    }

    @Test func anErrorBeforeTheSnapshotIsAnInitError() {
        var life = Self.started()
        life.invoke("r")
        life.log = []
        let refused = life.runtime(.restoreError(type: "Runtime.Early", body: []))
        #expect(life.refusal(of: refused)?.status == 403)
        life.runtime(.initError(type: "Runtime.BeforeSnapshotError", body: [1]))
        life.exit(.function, .code(1))
        #expect(life.outcomes(of: "r").map(\.errorType) == ["Runtime.BeforeSnapshotError"])
        #expect(Self.restores(life).isEmpty)
        #expect(life.initReports().map { $0.failure?.type } == ["Runtime.BeforeSnapshotError"])
    }

    @Test(arguments: [true, false])
    func anErrorAfterTheRestoreFailsTheInvocation(isOldRuntime: Bool) {
        var (life, _) = Self.snapshot()
        life.invoke("r")
        let type = "Runtime.AfterRestoreError"
        let call = life.runtime(
            isOldRuntime ? .initError(type: type, body: [7]) : .restoreError(type: type, body: [7]))
        #expect(life.refusal(of: call) == nil)
        #expect(life.refusal(of: .restoreError(type: type, body: []))?.status == 403)
        life.exit(.function, .code(1))
        #expect(life.outcomes(of: "r").map(\.errorType) == [type])
        #expect(Self.restores(life).map { $0.failure?.type } == [type])
        #expect(Self.restores(life).first?.failure?.isOfRestore == true)
        #expect(life.story.last == "SHUTDOWN failure")
        // A new start takes a snapshot of its own; it is no part of the next invocation.
        life.exit(.extension(0), .code(0))
        life.invoke("s")
        #expect(life.story.suffix(3) == ["close 1", "open 2", "start extension 0"])
        life.enter("ext", [])
        life.runtime(.restoreNext)
        life.runtime(.next)
        #expect(life.story.suffix(2) == ["START s", "event s"])
        #expect(life.story.contains("restored"))
    }

    @Test func anErrorThatIsNotFollowedByAnExitTakesEffectAllTheSame() {
        var (life, _) = Self.snapshot(extensions: [])
        life.invoke("r")
        life.runtime(.restoreError(type: "Runtime.AfterRestoreError", body: []))
        life.wait(.seconds(2))
        #expect(life.outcomes(of: "r").map(\.errorType) == ["Runtime.AfterRestoreError"])
        #expect(life.story.last == "kill function")
    }

    @Test func hooksThatTakeTooLongFailTheInvocation() {
        var (life, _) = Self.snapshot(extensions: [])
        life.invoke("r")
        life.wait(.milliseconds(9_999))
        #expect(life.outcomes(of: "r").isEmpty)
        life.wait(.milliseconds(1))
        #expect(life.outcomes(of: "r").map(\.errorType) == ["Runtime.RestoreHookUserTimeout"])
        let report = Self.restores(life).first
        #expect(report?.failure?.isTimeout == true && report?.failure?.isOfRestore == true)
        #expect(report?.duration == .seconds(10))
    }

    @Test func whoDiedInTheSnapshotIsFoundAtTheRestore() {
        var (life, _) = Self.snapshot(extensions: [])
        life.exit(.function, .signal(9))
        #expect(life.story == [])
        life.invoke("r")
        #expect(life.outcomes(of: "r").map(\.errorType) == ["Runtime.ExitError"])
        #expect(Self.restores(life).map { $0.failure?.type } == ["Runtime.ExitError"])
    }

    @Test func whoDiesInTheHooksFailsTheInvocation() {
        var (life, _) = Self.snapshot()
        life.invoke("r")
        life.exit(.function, .code(3))
        #expect(life.outcomes(of: "r").map(\.errorType) == ["Runtime.ExitError"])
        #expect(life.outcomes(of: "r").count == 1)
    }

    @Test func onlyTheFirstInTheQueueFailsWithARestore() {
        var (life, _) = Self.snapshot(extensions: [])
        life.invoke("r", "s")
        life.runtime(.restoreError(type: "Runtime.AfterRestoreError", body: []))
        life.exit(.function, .code(1))
        #expect(life.outcomes(of: "r").map(\.errorType) == ["Runtime.AfterRestoreError"])
        #expect(life.story.suffix(3) == ["close 1", "open 2", "start function"])
        life.runtime(.next)
        #expect(life.story.suffix(2) == ["START s", "event s"])
    }

    @Test func itCanBeShutDownInTheSnapshotAndInTheHooks() {
        var (frozen, _) = Self.snapshot()
        frozen.send(.shutdown)
        #expect(frozen.story == ["thaw 2", "terminate function"])
        var (restoring, _) = Self.snapshot()
        restoring.invoke("r")
        restoring.log = []
        restoring.send(.shutdown)
        #expect(restoring.story == ["finish r Sandbox.Failure", "terminate function"])
        #expect(Self.restores(restoring).count == 1)
    }

    @Test func aCallThatWasLostMayComeAgain() {
        var (life, call) = Self.snapshot(extensions: [])
        life.send(.disconnected(call))
        life.invoke("r")
        #expect(life.story == ["renew", "thaw 1"])
        let again = life.runtime(.restoreNext)
        #expect(life.reply(to: again) == "restored")
        life.runtime(.next)
        #expect(life.story.last == "event r")
    }

    // MARK: What is refused

    @Test(arguments: [Configuration.Kind.onDemand, .managedInstances])
    func elsewhereThereIsNoRestore(kind: Configuration.Kind) {
        var life = Life.starting([], kind: kind)
        for request in [RuntimeCall.restoreNext, .restoreError(type: "Runtime.X", body: [])] {
            let refusal = life.refusal(of: request)
            #expect(refusal?.status == 403 && refusal?.type == "InvalidStateTransition")
        }
        life.runtime(.next)
        #expect(life.refusal(of: .restoreNext)?.status == 403)
    }

    @Test func atAWrongTimeItIsRefused() {
        var (life, call) = Self.snapshot(extensions: [])
        #expect(life.refusal(of: .restoreNext)?.type == "InvalidStateTransition")
        #expect(life.refusal(of: .next)?.type == "InvalidStateTransition")
        #expect(life.refusal(of: .initError(type: "Runtime.X", body: []))?.status == 403)
        #expect(life.answer(to: call) == nil)
        life.invoke("r")
        #expect(life.refusal(of: .restoreNext)?.status == 403)
        life.runtime(.next)
        for request in [RuntimeCall.restoreNext, .restoreError(type: "Runtime.X", body: [])] {
            #expect(life.refusal(of: request)?.status == 403)
        }
        var (plain, _) = Self.snapshot(hooks: false, extensions: [])
        #expect(plain.refusal(of: .restoreNext)?.status == 403)
        var broken = Self.started(extensions: [])
        broken.runtime(.initError(type: "Runtime.X", body: []))
        #expect(broken.refusal(of: .restoreNext)?.status == 403)
    }
}
