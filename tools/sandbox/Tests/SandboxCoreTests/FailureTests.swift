@testable import SandboxCore
import Testing

@Suite struct FailureTests {
    @Test(arguments: [
        ("Runtime.ExitError", "Runtime.ExitError"), ("Function.Broke", "Function.Broke"), ("", "Runtime.Unknown"),
        ("ValueError", "Runtime.Unknown"), ("Init.Broke", "Runtime.Unknown"), ("Runtime.", "Runtime.Unknown"),
        ("Runtime.E", "Runtime.Unknown"), ("Runtime.exit", "Runtime.Unknown"), ("Runtime.Exit2", "Runtime.Unknown"),
        ("Function.my-type", "Function.Unknown"), ("Function", "Runtime.Unknown"),
        ("function.Broke", "Runtime.Unknown"),
        ("Function.Ünder", "Function.Unknown"),
    ])
    func fatalErrorsHaveKnownTypes(type: String, told: String) { #expect(Failure.fatalType(type) == told) }

    @Test func aTimeoutTellsTheCallerAndResets() {
        var life = Life.busy()
        #expect(life.environment.nextDeadline == life.now + .seconds(3))
        life.wait(.seconds(3))
        #expect(
            life.outcomes(of: "r")
                == [.failure(Failure(type: "Sandbox.Timedout", message: "Task timed out after 3.00 seconds"))])
        #expect(life.story.suffix(3) == ["END r", "finish r Sandbox.Timedout", "terminate function"])
        life.exit(.function, .signal(15))
        #expect(life.story.last == "terminate function")  // The extension is told when it asks.
        life.next(of: "ext")
        #expect(life.story.last == "SHUTDOWN timeout")
        life.exit(.extension(0), .code(0))
        #expect(life.story.last == "close 1")
        #expect(life.stopReports().first?.isReset == true)
        life.invoke("s")
        #expect(life.story.suffix(3) == ["START s", "open 2", "start extension 0"])
    }

    @Test func aTimeoutAfterTheResponseResetsToo() {
        var life = Life.busy()
        life.runtime(.response(id: "r", FunctionResponse()))
        life.wait(.seconds(3))
        #expect(life.outcomes(of: "r").count == 1)
        #expect(life.report(of: "r")?.failure?.isTimeout == true)
        #expect(life.report(of: "r")?.responded != nil)
        #expect(life.story.last == "terminate function")
    }

    @Test(arguments: [
        (Termination.code(3), "Runtime exited with error: exit status 3"),
        (.code(0), "Runtime exited without providing a reason"),
        (.signal(9), "Runtime exited with error: signal: killed"),
    ])
    func aCrashOfTheFunctionTellsTheCaller(status: Termination, message: String) {
        var life = Life.busy()
        life.exit(.function, status)
        #expect(life.outcomes(of: "r") == [.failure(Failure(type: "Runtime.ExitError", message: message))])
        life.next(of: "ext")
        #expect(life.story.last == "SHUTDOWN failure")
    }

    @Test func aCrashAfterTheResponseIsReportedButNotToTheCaller() {
        var life = Life.busy()
        life.runtime(.response(id: "r", FunctionResponse()))
        life.exit(.function, .signal(9))
        #expect(life.outcomes(of: "r").map(\.errorType) == [nil])
        #expect(life.report(of: "r")?.failure?.type == "Runtime.ExitError")
    }

    @Test func aCrashOfAnExtensionFailsTheInvocation() {
        var life = Life.busy()
        life.exit(.extension(0), .signal(11))
        let failure = Failure(type: "Extension.Crash", message: "signal: segmentation fault")
        #expect(life.outcomes(of: "r") == [.failure(failure)])
        #expect(life.story.last == "terminate function")
    }

    @Test(arguments: [(Termination.signal(9), "signal: killed"), (.code(3), "exit status 3")])
    func anExtensionThatEndsInInitIsToldAsTheServiceDoes(end: Termination, message: String) {
        var life = Life.starting(["a", "b"])
        life.enter("b", ["INVOKE"])
        life.exit(.extension(0), end)
        let report = life.initReports().last
        #expect(report?.failure == Failure(type: "Extension.Crash", message: message))
        #expect(report?.extensions.map(\.state) == [.exited, .ready])
    }

    @Test(arguments: [(Role.extension(0), "Extension.Crash"), (.function, "Runtime.ExitError")])
    func aDeathWhileFrozenFailsTheNextInvocation(role: Role, type: String) {
        var life = Life.idle()
        life.exit(role, .signal(9))
        #expect(life.story == [])
        life.invoke("r")
        #expect(life.outcomes(of: "r").map(\.errorType) == [type])
        for other in [Role.function, .extension(0)] where other != role { life.exit(other, .code(0)) }
        life.invoke("s")
        #expect(life.story.suffix(2) == ["open 2", "start extension 0"])
    }

    @Test func whoAnInitializationWaitsForIsTold() {
        var life = Life.starting(["a", "b"])
        _ = life.register("a", ["INVOKE"])
        life.wait(.seconds(10))
        #expect(
            life.initReports().last?.missing == [
                MissingCall(process: "a", kind: .eventNext), MissingCall(process: "b", kind: .registration),
            ])
    }

    @Test func anInitErrorIsToldInTheFunctionsOwnWords() {
        var life = Life()
        life.invoke("r")
        life.runtime(.initError(type: "Function.Broke", body: [5]))
        #expect(life.initReports().isEmpty)  // It is to exit first.
        life.exit(.function, .code(1))
        #expect(life.initReports().map(\.failure?.type) == ["Function.Broke"])
        #expect(life.outcomes(of: "r") == [])  // Tried again inside the invocation.
        #expect(life.story.suffix(3) == ["START r", "open 2", "start function"])
        life.runtime(.initError(type: "Function.Broke", body: [6]))
        life.wait(.seconds(2))  // This time it does not exit.
        #expect(life.initReports().map(\.phase) == [.initial, .invoke])
        #expect(life.failure(of: "r")?.type == "Function.Broke")
        #expect(life.failure(of: "r")?.body == [6])
        #expect(life.story.last == "kill function")
    }

    @Test func anInitThatTakesTooLongIsRepeatedInTheInvocation() {
        var life = Life.starting([])
        life.wait(.seconds(10))
        #expect(life.initReports().first?.failure?.isTimeout == true)
        life.exit(.function, .signal(9))
        #expect(life.story.last == "close 1")
        life.invoke("r")
        life.now = life.now + .seconds(1)
        life.runtime(.next)
        life.complete("r")
        #expect(life.report(of: "r")?.wasReinitialized == true)
        #expect(life.report(of: "r")?.duration == .seconds(1))
        #expect(life.report(of: "r")?.initDuration == nil)
        #expect(life.outcomes(of: "r").map(\.errorType) == [nil])
    }

    @Test func theTimeoutCoversARepeatedInit() {
        var life = Life.busy(extensions: [])
        life.exit(.function, .code(1))
        life.invoke("s")
        life.wait(.seconds(3))
        #expect(life.outcomes(of: "s").map(\.errorType) == ["Sandbox.Timedout"])
        #expect(life.initReports().last?.phase == .invoke)
    }

    @Test func whatCannotBeStartedIsNamed() {
        var life = Life(Configuration(extensions: ["ext"]))
        life.invoke("r")
        life.send(.notStarted(ProcessID(generation: 1, role: .extension(0)), "permission denied"))
        life.send(.notStarted(ProcessID(generation: 2, role: .extension(0)), "permission denied"))
        #expect(
            life.outcomes(of: "r")
                == [.failure(Failure(type: "Extension.LaunchError", message: "extension ext: permission denied"))])
        #expect(
            life.initReports().map(\.unstarted)
                == [UnstartedProcess(process: "ext", reason: "permission denied"), nil])
    }

    @Test(arguments: [true, false])
    func anExtensionsReportNamesTheFailure(duringInit: Bool) {
        var life = Life(Configuration(extensions: ["ext"]))
        life.invoke("r")
        let identifier = life.register("ext", ["INVOKE"])
        life.extension(
            duringInit
                ? .initError(identifier: identifier, type: "Ext.Broke")
                : .exitError(identifier: identifier, type: "Ext.Broke"))
        #expect(life.story.last == "202")
        life.exit(.extension(0), .code(1))
        #expect(life.initReports().first?.failure?.type == (duringInit ? "Extension.InitError" : "Extension.ExitError"))
        #expect(life.initReports().first?.failure?.message == "extension ext: Ext.Broke")
    }
}
