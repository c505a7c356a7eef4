import Foundation
import Glibc
import Sandbox
import Testing
import ToolsTestSupport

/// Tests failures of real processes, and that the next invocation works.
@Suite struct FaultTests {
    @Test(arguments: [
        (#"[["exit",3]]"#, "Runtime exited with error: exit status 3"),
        (#"[["exit",0]]"#, "Runtime exited without providing a reason"),
        (#"[["kill",9]]"#, "Runtime exited with error: signal: killed"),
    ])
    func aCrashIsToldAndRecoveredFrom(steps: String, message: String) throws {
        let stage = try Stage()
        let (outcome, report) = try stage.invoke(steps)
        #expect(outcome.errorType == "Runtime.ExitError")
        #expect(
            Stage.body(outcome) == #"{"errorType":"Runtime.ExitError","errorMessage":"RequestId: ID Error: "# + message
                + #""}"#)
        #expect(report.failure?.type == "Runtime.ExitError")
        let (next, again) = try stage.invoke(#"[["respond","fine"]]"#)
        #expect(Stage.body(next) == #""fine""#)
        #expect(again.wasReinitialized)
        #expect(stage.lines.contains("watcher0: SHUTDOWN failure"))
        #expect(try stage.shutdown().isClean)
    }

    @Test func aKillAfterTheResponseLeavesTheResponse() throws {
        let stage = try Stage(watchers: ["hold=0.05"])
        let (outcome, report) = try stage.invoke(#"[["respond","out"],["kill",9]]"#)
        #expect(Stage.body(outcome) == #""out""#)
        #expect(report.failure?.type == "Runtime.ExitError")
        #expect(
            stage.lines.contains {
                $0.hasPrefix("REPORT") && $0.hasSuffix("Status: error\tError Type: Runtime.ExitError")
            })
        #expect(try stage.invoke(#"[["respond",1]]"#).outcome.errorType == nil)
        try stage.shutdown()
    }

    @Test func aHandlersErrorIsNoCrash() throws {
        let stage = try Stage()
        let (outcome, report) = try stage.invoke(#"[["error","Handler.Broke"]]"#)
        #expect(outcome.errorType == "Handler.Broke")
        #expect(Stage.body(outcome).contains("as asked"))
        #expect(report.failure == nil)
        #expect(stage.stops.isEmpty)
        #expect(try stage.shutdown().isClean)
    }

    @Test func aTimeoutResets() throws {
        let stage = try Stage(watchers: ["ignore-nothing"]) { $0.timeout = .milliseconds(1500) }
        let (outcome, report) = try stage.invoke(#"[["sleep",60]]"#)
        #expect(outcome.errorType == "Sandbox.Timedout")
        #expect(Stage.body(outcome).contains("Task timed out after 1.50 seconds"))
        #expect(report.duration >= .milliseconds(1500))
        #expect(stage.lines.contains { $0.hasSuffix("Task timed out after 1.50 seconds") && $0.contains("Z ") })
        #expect(stage.lines.contains { $0.hasPrefix("REPORT") && $0.hasSuffix("Status: timeout") })
        try stage.run("reset") { stage.stops.count == 1 }
        #expect(stage.lines.contains("watcher0: SHUTDOWN timeout"))
        try stage.shutdown()
    }

    @Test func whoNeverStopsWritingTimesOutAllTheSame() throws {
        let stage = try Stage(watchers: []) { $0.timeout = .seconds(1) }
        #expect(try stage.invoke(#"[["flood"]]"#).outcome.errorType == "Sandbox.Timedout")
        try stage.shutdown()
    }

    /// Others have their turns between, also when something is reported, before which comes what it has written.
    @Test func whoNeverStopsWritingIsReadABiteATurn() throws {
        let stage = try Stage(watchers: []) { $0.timeout = .seconds(1) }
        var outcome: Outcome?
        stage.sandbox.invoke(Array(#"{"steps":[["flood"]]}"#.utf8)) { outcome = $0 }
        let deadline = Instant.now + RunningProgram.patience
        var (longest, all) = (0, 0)
        while outcome == nil, .now < deadline {
            let before = stage.lines.count
            try stage.sandbox.loop.runOnce(until: deadline)
            longest = max(longest, stage.lines.count - before)
            all = stage.lines.count
        }
        #expect(outcome?.errorType == "Sandbox.Timedout")
        // A round has two turns of the pipe's, one before timers, and one of what is reported; the pipe holds more than ten times that.
        #expect(longest <= 4000, "\(longest) lines")
        #expect(all > 10_000, "\(all) lines")
        try stage.shutdown()
    }

    @Test func theDeafAreKilledInTheirTime() throws {
        let stage = try Stage(watchers: ["ignore-shutdown"], variables: ["TEST_INIT": "ignore-term"]) {
            $0.shutdownLimit = nil
        }
        try stage.invoke(#"[["respond",0]]"#)
        let numbers = stage.sandbox.processNumbers
        let report = try stage.shutdown()
        #expect(report.killed == ["function", "watcher0"])
        #expect(report.duration >= .seconds(2) && report.duration < .seconds(15))
        #expect(numbers.values.allSatisfy { Stage.state(of: $0) == nil })
    }

    @Test func aResetHasTheTimeOfAShutdown() throws {
        let stage = try Stage(watchers: ["dump"]) { $0.shutdownLimit = .seconds(900) }
        try stage.invoke(#"[["exit",1]]"#)
        try stage.run("the reset") { stage.stops.count == 1 }
        let event = try #require(stage.lines.first { $0.hasPrefix("watcher0: event") && $0.contains("SHUTDOWN") })
        let milliseconds = try #require(event.split(separator: " ").last.flatMap { Int($0) })
        #expect(milliseconds > 600_000)
    }

    @Test func anExtensionThatEndsBadlyIsNamed() throws {
        let stage = try Stage(watchers: ["exit=3"])
        try stage.invoke(#"[["respond",0]]"#)
        #expect(try stage.shutdown().failed == ["watcher0"])
    }

    @Test func aDeadExtensionFailsTheInvocation() throws {
        let stage = try Stage(watchers: ["crash-on-invoke"])
        let (outcome, _) = try stage.invoke(#"[["sleep",60]]"#)
        #expect(outcome.errorType == "Extension.Crash")
        #expect(Stage.body(outcome).contains("exit status 4"))
        try stage.shutdown()
    }

    @Test(arguments: [("watcher0", "Extension.Crash"), ("function", "Runtime.ExitError")])
    func aDeathWhileFrozenIsNoticedAtTheNextInvocation(victim: String, type: String) throws {
        let stage = try Stage()
        try stage.invoke(#"[["respond",1]]"#)
        kill(stage.sandbox.processNumbers[victim]!, SIGKILL)
        try stage.run("death") { stage.sandbox.processNumbers[victim] == nil }
        #expect(try stage.invoke(#"[["respond",2]]"#).outcome.errorType == type)
        #expect(try stage.invoke(#"[["respond",3]]"#).outcome.errorType == nil)
        #expect(try stage.shutdown().isClean)
    }

    @Test(arguments: [
        ("init-error", "Extension.InitError", "Watcher.Broke", "InitError", "INVOKE, SHUTDOWN"),
        ("events=NONSENSE", "Extension.Crash", "Error: exit status 9", "Exited", ""),
    ])
    func anExtensionThatCannotStartFailsTheInvocation(
        watcher: String, type: String, message: String, state: String, events: String
    ) throws {
        let stage = try Stage(watchers: [watcher])
        let (outcome, _) = try stage.invoke(#"[["respond",1]]"#)
        #expect(outcome.errorType == type)
        #expect(Stage.body(outcome).contains(message))
        #expect(stage.lines.contains("EXTENSION\tName: watcher0\tState: \(state)\tEvents: [\(events)]"))
        #expect(!type.hasSuffix("Crash") || stage.lines.contains { $0.hasSuffix(" Error: exit status 9") })
        #expect(stage.lines.contains { $0.hasPrefix("MISSING From: /etc/hosts") } == !LocalName.isKnown)
        #expect(stage.lines.contains { $0.hasPrefix("INIT_REPORT") && $0.contains("Phase: init\tStatus: error") })
        #expect(stage.lines.contains { $0.hasPrefix("INIT_REPORT") && $0.contains("Phase: invoke\tStatus: error") })
        try stage.shutdown()
    }

    @Test func anExtensionMayGiveUp() throws {
        let stage = try Stage(watchers: ["exit-error"])
        #expect(try stage.invoke(#"[["sleep",60]]"#).outcome.errorType == "Extension.ExitError")
        try stage.shutdown()
    }

    @Test func whoNeverCallsIsNamed() throws {
        let stage = try Stage(watchers: [], variables: ["TEST_INIT": "silent"]) { $0.initLimit = .milliseconds(100) }
        stage.sandbox.start()
        try stage.run("the reset") { stage.place(of: "RESET") != nil }
        #expect(
            stage.lines.contains(
                "MISSING From: function\tCall: GET /2018-06-01/runtime/invocation/next\tMore time: --init-limit SECONDS"
            ))
        try stage.shutdown()
    }

    @Test func theStartOfAnInvocationIsBehindTheInitThatBeginsIt() throws {
        let stage = try Stage(variables: ["TEST_INIT": "error"])
        try stage.invoke("[]")
        try stage.shutdown()
        let beginnings = ["INIT_START", "EXTENSION", "INIT_REPORT", "START", "END", "REPORT"]
        let order = stage.lines.compactMap { line in
            beginnings.first { line.hasPrefix("\($0)\t") || line.hasPrefix("\($0) ") }
        }
        let twice = ["EXTENSION", "INIT_REPORT"]
        #expect(order == ["INIT_START"] + twice + twice + ["START", "END", "REPORT"])
        let phases = stage.lines.filter { $0.hasPrefix("INIT_REPORT") }.map { $0.contains("Phase: invoke") }
        #expect(phases == [false, true])
    }

    @Test func anInitErrorIsTheFunctionsOwn() throws {
        let stage = try Stage(variables: ["TEST_INIT": "error"])
        let (outcome, _) = try stage.invoke("[]")
        #expect(outcome.errorType == "Runtime.Unknown")
        #expect(Stage.body(outcome) == #"{"errorType": "Init.Broke", "errorMessage": "no luck"}"#)
        try stage.shutdown()
    }

    @Test func whatCannotBeExecutedIsNamed() throws {
        let stage = try Stage { $0.function = #filePath }
        let (outcome, _) = try stage.invoke("[]")
        #expect(outcome.errorType == "Runtime.InvalidEntrypoint")
        #expect(Stage.body(outcome).contains("Error: \(#filePath) is not executable (chmod"))
        let line =
            "UNSTARTED Process: function\tReason: \(#filePath) is not executable (chmod +x would make it so)"
        let place = try #require(stage.place(of: "INIT_REPORT"))
        #expect(stage.lines[place + 1] == line && stage.lines.filter { $0 == line }.count == 1)
        try stage.shutdown()
    }
}
