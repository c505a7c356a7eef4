import Foundation
import Sandbox
import Testing

/// The Telemetry API with an extension that prints whatever it is sent.
@Suite struct TelemetryTests {
    private static let standard = "telemetry=platform,function"

    /// An event as it was sent.
    private struct Sent {
        let time: String
        let type: String
        let record: Any
        var fields: [String: Any] { record as? [String: Any] ?? [:] }
        subscript(_ name: String) -> String { fields[name].map { "\($0)" } ?? "" }
        func metric(_ name: String) -> Double? { (fields["metrics"] as? [String: Any])?[name] as? Double }
    }

    private func events(_ stage: Stage) -> [Sent] {
        let prefix = "watcher0: telemetry "
        return stage.lines.filter { $0.hasPrefix(prefix) }.compactMap { line in
            let json = try? JSONSerialization.jsonObject(with: Data(line.dropFirst(prefix.count).utf8))
            guard let event = json as? [String: Any], let type = event["type"] as? String,
                let record = event["record"], let time = event["time"] as? String, time.hasSuffix("Z")
            else { return nil }
            return Sent(time: time, type: type, record: record)
        }
    }

    /// A stage whose watcher has seen the invocations with these steps, and the end; with SnapStart where there are hooks.
    private func played(
        _ watcher: String, _ invocations: [String] = [#"[["respond",1]]"#], hooks: String? = nil,
        change: (inout Settings) -> Void = { _ in }
    ) throws -> Stage {
        let stage = try Stage(watchers: [watcher], variables: hooks.map { ["TEST_RESTORE": $0] } ?? [:]) {
            if hooks != nil { $0.kind = .snapStart }
            change(&$0)
        }
        for steps in invocations { try stage.invoke(steps) }
        try stage.shutdown()
        return stage
    }

    @Test func anInvocationIsTold() throws {
        let stage = try played(Self.standard, [#"[["print","hello"],["respond","four"]]"#, #"[["error","Mine"]]"#])
        #expect(stage.lines.contains("TELEMETRY\tName: watcher0\tState: Subscribed\tTypes: [Platform, Function]"))
        #expect(stage.lines.contains("watcher0: subscribed 200 \"OK\""))
        let events = events(stage)
        let platform = events.filter { $0.type.hasPrefix("platform.") }
        // The function may be ready before the extension has subscribed.
        #expect(
            platform.map(\.type).filter { $0 != "platform.initRuntimeDone" } == [
                "platform.initStart", "platform.telemetrySubscription", "platform.extension", "platform.initReport",
                "platform.start", "platform.runtimeDone", "platform.report", "platform.start", "platform.runtimeDone",
                "platform.report",
            ])
        #expect(
            platform.map(\.type).filter { $0.hasPrefix("platform.init") } == [
                "platform.initStart", "platform.initRuntimeDone", "platform.initReport",
            ])
        let lines = events.filter { $0.type == "function" }.compactMap { $0.record as? String }
        #expect(lines.contains("hello"))

        let start = try #require(platform.first { $0.type == "platform.initStart" })
        #expect(start["initializationType"] == "on-demand" && start["phase"] == "init")
        let subscription = try #require(platform.first { $0.type == "platform.telemetrySubscription" })
        #expect(subscription["name"] == "watcher0" && subscription["state"] == "Subscribed")
        #expect(subscription.fields["types"] as? [String] == ["platform", "function"])
        let done = platform.filter { $0.type == "platform.runtimeDone" }
        #expect(done.map { $0["status"] } == ["success", "error"])
        #expect(done.last?["errorType"] == "Mine")
        #expect(done.first?.metric("producedBytes") == 6)
        let spans = try #require(done.first?.fields["spans"] as? [[String: Any]])
        #expect(
            spans.compactMap { $0["name"] as? String } == ["responseLatency", "responseDuration", "runtimeOverhead"])
        let report = try #require(platform.first { $0.type == "platform.report" })
        let duration = try #require(report.metric("durationMs"))
        // The extension waits for the event that the runtime is done.
        #expect(duration > done.first?.metric("durationMs") ?? .infinity)
        #expect(try #require(report.metric("maxMemoryUsedMB")) > 0)
        #expect(report.metric("memorySizeMB") == 128)
        #expect(report.metric("initDurationMs") != nil)
        #expect((start.fields["tracing"] == nil) && done.first?.fields["tracing"] != nil)
    }

    @Test func aStreamHasADuration() throws {
        let stage = try Stage(watchers: [Self.standard])
        stage.record.onNote = { [folder = stage.folder] note in
            if case .responding = note { _ = try? folder.write("", to: "go") }
        }
        try stage.invoke(#"[["stream",["a",["wait","go"],"b"]]]"#)
        try stage.shutdown()
        let done = try #require(events(stage).first { $0.type == "platform.runtimeDone" })
        let spans = try #require(done.fields["spans"] as? [[String: Any]])
        #expect(try #require(spans[1]["durationMs"] as? Double) > 0)
    }

    @Test(arguments: [("2022-07-01", "Text"), ("2022-12-13", "JSON"), ("2022-07-01", "JSON"), ("2025-01-29", "JSON")])
    func linesOfJSON(schema: String, format: String) throws {
        let stage = try played(
            "telemetry=platform,function schema=\(schema)", [#"[["print","{\"a\":1}"],["print","{bad"],["respond",1]]"#]
        ) { $0.logFormat = format }
        let lines = events(stage).filter { $0.type == "function" }
        let isObject = format == "JSON" && schema != "2022-07-01"
        #expect(lines.contains { $0.fields["a"] as? Int == 1 } == isObject)
        #expect(lines.contains { $0.record as? String == "{\"a\":1}" } == !isObject)
        #expect(lines.contains { $0.record as? String == "{bad" })
    }

    @Test func aRefusedBatchComesAgain() throws {
        let stage = try played(Self.standard + " refuse=2")
        #expect(events(stage).first?.type == "platform.initStart")
        #expect(!events(stage).contains { $0.type == "platform.logsDropped" })
    }

    @Test func whatIsNeverTakenIsCountedAsLost() throws {
        let stage = try played("telemetry=platform until=platform.logsDropped refuse=3")
        let dropped = try #require(events(stage).first { $0.type == "platform.logsDropped" })
        #expect(dropped.fields["droppedRecords"] as? Int ?? 0 > 0)
        #expect(dropped.fields["droppedBytes"] as? Int ?? 0 > 0)
    }

    @Test func overTCPEachEventIsALine() throws {
        let stage = try played(
            Self.standard + " transport=tcp schema=2025-01-29",
            [#"[["print","hello \"you\""],["respond",1]]"#, #"[["respond",2]]"#])
        #expect(stage.lines.contains("watcher0: subscribed 200 \"OK\""))
        let events = events(stage)
        #expect(events.first?.type == "platform.initStart")
        #expect(events.contains { $0.type == "function" && $0.record as? String == "hello \"you\"" })
        for type in ["platform.start", "platform.runtimeDone", "platform.report"] {
            #expect(events.count { $0.type == type } == 2, "\(type)")
        }
        // One connection serves for all of it.
        #expect(stage.lines.filter { $0 == "watcher0: connected" }.count == 1)
    }

    @Test func aTCPConnectionThatWasEndedIsMadeAnew() throws {
        let stage = try Stage(watchers: [Self.standard + " transport=tcp one-line"])
        for _ in 0..<3 { try stage.invoke(#"[["print","line"],["respond",1]]"#) }
        try stage.shutdown()
        let events = events(stage)
        #expect(events.filter { $0.type == "function" && $0.record as? String == "line" }.count == 3)
        #expect(events.count { $0.type == "platform.runtimeDone" } == 3)
        #expect(stage.lines.filter { $0 == "watcher0: connected" }.count > 1)
        #expect(stage.place(of: "watcher0: disconnected") != nil)
    }

    @Test func whereNobodyListensOverTCPItIsTriedAgain() throws {
        let stage = try Stage(watchers: [Self.standard + " transport=tcp late"])
        for number in 0..<2 { try stage.invoke("[[\"respond\",\(number)]]") }
        try stage.shutdown()
        let events = events(stage)
        // Events from before there was a listener may have been given up meanwhile, but not in silence.
        #expect(events.contains { $0.type == "platform.initStart" || $0.type == "platform.logsDropped" })
        #expect(events.contains { $0.type == "platform.runtimeDone" })
    }

    @Test func aRestoreIsTold() throws {
        let stage = try played(
            "telemetry=platform schema=2025-01-29", [#"[["respond",1]]"#, #"[["respond",2]]"#], hooks: "[]")
        let sent = events(stage)
        let start = try #require(sent.firstIndex { $0.type == "platform.restoreStart" })
        let after = sent[start...].map(\.type)
        #expect(
            after.prefix(4) == [
                "platform.restoreStart", "platform.restoreRuntimeDone", "platform.restoreReport", "platform.start",
            ])
        // The events of the snapshot come again, older than the restore and the invocation.
        for type in ["platform.initStart", "platform.initRuntimeDone", "platform.initReport"] {
            let told = sent[..<start].filter { $0.type == type }
            #expect(told.count == 2 && Set(told.map(\.time)).count == 1, "\(type)")
            #expect(told.allSatisfy { $0.time <= sent[start].time && $0["initializationType"] == "snap-start" })
        }
        #expect(sent[start]["functionName"] == "function" && sent[start]["functionVersion"] == "$LATEST")
        #expect(sent[start + 1]["status"] == "success" && sent[start + 2]["status"] == "success")
        #expect(sent[start + 2].metric("durationMs") != nil)
        let reports = sent.filter { $0.type == "platform.report" }
        #expect(reports.map { $0.metric("restoreDurationMs") != nil } == [true, false])
        #expect(reports.allSatisfy { $0.metric("initDurationMs") == nil && $0.metric("billedDurationMs") != nil })
    }

    @Test func aRestoreThatFailsIsTold() throws {
        let stage = try played("telemetry=platform await=platform.restoreReport", hooks: #"[["exit",3]]"#)
        for type in ["platform.restoreRuntimeDone", "platform.restoreReport"] {
            let event = try #require(events(stage).first { $0.type == type })
            #expect(event["status"] == "failure" && event["errorType"] == "Runtime.ExitError")
        }
    }

    @Test func aCrashIsAFault() throws {
        let stage = try played("telemetry=platform", [#"[["exit",3]]"#])
        let sent = events(stage)
        let fault = try #require(sent.first { $0.type == "platform.fault" })
        #expect((fault.record as? String)?.contains("Runtime exited with error: exit status 3") == true)
        let done = try #require(sent.first { $0.type == "platform.runtimeDone" })
        #expect(done["status"] == "failure" && done["errorType"] == "Runtime.ExitError")
        #expect(sent.contains { $0.type == "platform.report" && $0["status"] == "failure" })
    }

    @Test func onManagedInstancesAReportHasNoBill() throws {
        let stage = try Stage(watchers: ["telemetry=platform schema=2025-01-29 events=SHUTDOWN"]) {
            $0.kind = .managedInstances
        }
        try stage.invoke(#"[["respond",1]]"#)
        // Nothing is frozen: the report comes as soon as it has waited for others.
        try stage.run("the report") { events(stage).contains { $0.type == "platform.report" } }
        let sent = events(stage)
        #expect(sent.first?["initializationType"] == "lambda-managed-instances")
        let report = try #require(sent.first { $0.type == "platform.report" })
        #expect((report.fields["metrics"] as? [String: Any])?.keys.sorted() == ["durationMs"])
        #expect(sent.contains { $0.type == "platform.runtimeDone" && $0["status"] == "success" })
        try stage.shutdown()
    }

    @Test(arguments: [
        ("schema=2021-01-01", "schemaVersion is not valid"), ("buffer=1", "timeoutMs should be between 25 and 30000"),
    ])
    func wrongSubscriptionsAreToldWhy(mode: String, message: String) throws {
        let stage = try Stage(watchers: ["telemetry=platform \(mode)"])
        stage.sandbox.start()
        try stage.run("the refusal") { stage.place(of: "watcher0: subscribed 400") != nil }
        let line = try #require(stage.lines.first { $0.hasPrefix("watcher0: subscribed 400") })
        #expect(line.contains(#""errorType":"ValidationError""#) && line.contains(message))
    }

    @Test(arguments: [
        ("{}", true), (#"{"types":["a"],"buffering":{"maxItems":1},"destination":{"URI":"x","more":{}}}"#, true),
        (#"{"destination":{"protocol":"TCP","port":8080}}"#, true), (#"{"destination":{"port":"8080"}}"#, false),
        (#"{"types":"a"}"#, false), (#"{"buffering":{"maxItems":"1"}}"#, false), (#"{"buffering":[]}"#, false),
        (#"{"schemaVersion":1}"#, false), ("[]", false), ("", false), ("{}x", false), ("null", false),
        (#"{"types":null,"buffering":null,"destination":null,"schemaVersion":null}"#, true),
        (#"{"types":[null]}"#, false), (#"{"buffering":{"maxItems":1000.5}}"#, false),
        (#"{"buffering":{"maxItems":1e400}}"#, false), (#"{"buffering":{"maxItems":9223372036854775808}}"#, false),
        (#"{"schemaVersion":"\ud800"}"#, false),
    ])
    func subscriptionsAreRead(body: String, isRead: Bool) {
        #expect((body.withByteView { TelemetryRequest.read($0) } != nil) == isRead)
    }
}
