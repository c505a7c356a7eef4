import Foundation
import Sandbox
import Testing

/// Many events at a time, with real workers: threads of one process, each with a connection of its own.
@Suite struct ManagedInstancesTests {
    private func stage(
        _ workers: Int, watchers: [String] = [], variables: [String: String] = [:], timeout: Duration = .seconds(60)
    ) throws -> Stage {
        let stage = try Stage(watchers: watchers, variables: variables) {
            $0.function = Stage.fixtures + "/workers"
            $0.kind = .managedInstances
            $0.concurrency = workers
            $0.timeout = timeout
        }
        stage.sandbox.start()
        try stage.run("the workers") { stage.sandbox.idleWorkers == workers }
        return stage
    }

    /// Waits until invocations have ended and their callers were answered; returns the answers.
    private func outcomes(_ stage: Stage, _ ids: [String]) throws -> [Outcome] {
        try ids.map { try stage.end(of: $0).outcome }
    }

    private func file(_ stage: Stage, _ name: String) -> String? { stage.folder.text(of: name) }

    private func make(_ stage: Stage, _ name: String) throws { try stage.folder.write("", to: name) }

    @Test func allWorkersAreAtWorkAtTheSameTime() throws {
        let stage = try stage(8)
        let ids = (0..<8).map { stage.start("[[\"meet\",\"all\",8],[\"respond\",\($0)]]") }
        #expect(try outcomes(stage, ids).map(Stage.body) == (0..<8).map(String.init))
        try stage.run("what the workers were told") {
            stage.lines.count { $0 == "response 202 OK" } == 8
        }
        #expect(try stage.shutdown().isClean)
    }

    @Test func theFunctionIsToldAndCannotBeToldOtherwise() throws {
        let stage = try stage(
            3,
            variables: [
                "AWS_LAMBDA_MAX_CONCURRENCY": "9", "AWS_LAMBDA_LOG_FORMAT": "Text", "TEST_WORKERS": "3",
            ])
        #expect(stage.lines.contains("3 JSON lambda-managed-instances"))
    }

    @Test func oneLoopTooManyIsRefused() throws {
        let stage = try stage(2, variables: ["TEST_WORKERS": "3"])
        try stage.run("the refusal") { stage.place(of: "next 500 ") != nil }
        let line = stage.lines[stage.place(of: "next 500 ")!]
        #expect(line.contains(#""errorType":"InternalServerError""#))
        #expect(stage.sandbox.idleWorkers == 2)
    }

    /// The caller of the first has its timeout; its handler goes on and answers while the second is under way, which may even
    /// have the same request id. Whatever the second caller gets, it is never that.
    @Test(arguments: [("respond", "response"), ("stream", "stream"), ("error", "error")], [true, false])
    func aLateAnswerReachesNobody(step: (name: String, line: String), isRetry: Bool) throws {
        let stage = try stage(2, timeout: .seconds(2))
        let id = stage.start(#"[["tell-ids","first"],["wait","late"],["\#(step.name)","late"]]"#)
        #expect(try outcomes(stage, [id]).map(\.errorType) == ["Sandbox.Timedout"])
        // On a machine that stands still its handler may begin only now.
        try stage.run("the first event") { file(stage, "first") != nil }
        let first = try #require(file(stage, "first")).split(separator: " ")
        var second: Outcome?
        let next = stage.sandbox.invoke(
            Array(#"{"steps":[["tell-ids","second"],["wait","second.go"],["respond","in time"]]}"#.utf8),
            id: isRetry ? id : nil
        ) { second = $0 }
        #expect((next == id) == isRetry)
        try stage.run("the second event") { file(stage, "second") != nil }
        #expect(try #require(file(stage, "second")).split(separator: " ").last != first.last)
        try make(stage, "late")
        try stage.run("the refusal") { stage.lines.contains("\(step.line) 410 InvokeTimeout") }
        try make(stage, "second.go")
        try stage.run("the second answer") { second != nil }
        // On a machine that stands still it may have run out of time itself.
        if second?.errorType == nil { #expect(Stage.body(second!) == "\"in time\"") }
        #expect(!Stage.body(second!).contains("late"))
    }

    @Test func anotherInvocationsIDIsRefusedAndNoneIsNot() throws {
        let stage = try stage(1)
        let stray = "00000000-0000-4000-8000-000000000000"
        let (outcome, _) = try stage.invoke(
            #"[["respond","stray","\#(stray)"],["stream","stray","\#(stray)"],["error","stray","\#(stray)"],"#
                + #"["respond","mine","none"],["respond","twice"]]"#)
        #expect(Stage.body(outcome) == "\"mine\"")
        try stage.run("the last answer") { stage.lines.contains("response 400 InvalidRequestID") }
        #expect(
            stage.lines.filter { $0.contains(" 410 ") || $0.contains(" 202 ") || $0.contains(" 400 ") } == [
                "response 410 InvokeTimeout", "stream 410 InvokeTimeout", "error 410 InvokeTimeout", "response 202 OK",
                "response 400 InvalidRequestID",
            ])
    }

    @Test func aWorkerThatGoesAwayTakesItsOwnEventWithItAlone() throws {
        let stage = try stage(2, timeout: .seconds(6))
        let lost = stage.start(#"[["hang-up"]]"#)
        let (outcome, _) = try stage.invoke(#"[["respond","other"]]"#)
        #expect(Stage.body(outcome) == "\"other\"")
        #expect(try outcomes(stage, [lost]).map(\.errorType) == ["Sandbox.Timedout"])
        // It came back on a new connection, and the environment is the same.
        try stage.run("both workers") { stage.sandbox.idleWorkers == 2 }
        #expect(stage.stops.isEmpty)
    }

    @Test func aFunctionThatEndsTakesEverybodysEventsWithIt() throws {
        let stage = try stage(2)
        let one = stage.start(#"[["meet","here",2],["wait","never"]]"#)
        let two = stage.start(#"[["meet","here",2],["exit",3]]"#)
        #expect(try outcomes(stage, [one, two]).map(\.errorType) == ["Runtime.ExitError", "Runtime.ExitError"])
        let (outcome, _) = try stage.invoke(#"[["respond","anew"]]"#)
        #expect(Stage.body(outcome) == "\"anew\"")
        #expect(stage.stops.map(\.isReset) == [true])
    }

    @Test func theShutdownLeavesNobodyWaiting() throws {
        let stage = try stage(2)
        let ids = [1, 2].map { stage.start("[[\"meet\",\"here\",2],[\"wait\",\"never\($0)\"]]") }
        try stage.run("both") { (0..<2).allSatisfy { file(stage, "here.\($0)") != nil } }
        try stage.shutdown()
        #expect(
            ids.map { stage.outcomes[$0]?.errorType }
                == Array(repeating: "Client.ExecutionEnvironmentShutDown", count: 2))
    }

    @Test func aRequestIDIsTakenAsLongAsItsCallerWaits() throws {
        let stage = try stage(2)
        let id = stage.start(#"[["wait","go"],["respond",1]]"#)
        var second: Outcome?
        stage.sandbox.invoke(Array("{}".utf8), id: id) { second = $0 }
        #expect(second?.errorType == "Client.DuplicatedInvokeId")
        try make(stage, "go")
        #expect(try outcomes(stage, [id]).map(Stage.body) == ["1"])
    }
}

/// The service's own lines as JSON objects.
@Suite struct StructuredLogTests {
    private struct Object {
        /// Written anew, its members in order: the extension that prints them has a writer of its own.
        let json: String
        let type: String
        let record: Any

        init?(_ line: some StringProtocol) {
            let value = try? JSONSerialization.jsonObject(with: Data(line.utf8))
            guard let object = value as? [String: Any], object.count == 3, object["time"] is String,
                let type = object["type"] as? String, let record = object["record"],
                let json = try? JSONSerialization.data(withJSONObject: object, options: .sortedKeys)
            else { return nil }
            self.json = String(decoding: json, as: UTF8.self)
            self.type = type
            self.record = record
        }
    }

    /// Telemetry reports to an extension the same as the log, in each member.
    @Test(arguments: [Configuration.Kind.onDemand, .managedInstances])
    func theLogSaysWhatTelemetrySays(kind: Configuration.Kind) throws {
        let stage = try Stage(watchers: ["telemetry=platform schema=2025-01-29 events=SHUTDOWN"]) {
            $0.kind = kind
            $0.logFormat = "JSON"
        }
        let prefix = "watcher0: telemetry "
        try stage.invoke(#"[["print","told"],["respond",1]]"#)
        // No invocation waits there until the watcher has printed anything.
        try stage.run("telemetry") { kind == .onDemand || stage.lines.contains { $0.hasPrefix(prefix) } }
        for steps in [#"[["error","Mine"]]"#, #"[["exit",3]]"#] {
            // On demand it need not be there yet.
            try stage.run("the worker") { kind == .onDemand || stage.sandbox.idleWorkers == 1 }
            try stage.invoke(steps)
        }
        try stage.shutdown()
        let sent = Set(
            stage.lines.filter { $0.hasPrefix(prefix) }.compactMap { Object($0.dropFirst(prefix.count))?.json })
        let said = stage.lines.compactMap { Object($0) }
        let platform = said.filter { $0.type.hasPrefix("platform.") }
        // The death takes with it what the watcher has not printed yet; up to there nothing is missing.
        let death = platform.firstIndex { $0.type == "platform.fault" } ?? 0
        let last = try #require(platform[..<death].lastIndex { sent.contains($0.json) })
        for object in platform[...last] {
            let isSent = sent.contains(object.json)
            #expect(isSent, "\(object.json)")
        }
        let types = platform.map(\.type)
        #expect(types.count { $0 == "platform.start" } == 3 && types.count { $0 == "platform.report" } == 3)
        let report = try #require(platform.first { $0.type == "platform.report" }?.record as? [String: Any])
        let metrics = try #require(report["metrics"] as? [String: Any])
        #expect((metrics["billedDurationMs"] != nil) == (kind == .onDemand))
        #expect(metrics["durationMs"] != nil && report["status"] as? String == "success")
        #expect(said.count { $0.type == "sandbox.response" } == 3 && said.contains { $0.type == "sandbox.stop" })
        // A process's line stays what it is, and nothing of the service is text.
        #expect(stage.lines.contains("told"))
        for word in ["START", "END", "REPORT", "RESPONSE", "INIT_START", "EXTENSION", "SHUTDOWN", "RESET"] {
            #expect(stage.place(of: word) == nil, "\(word)")
        }
    }
}
