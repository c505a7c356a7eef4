import Sandbox
import Testing

/// A snapshot and its restore, with real processes.
@Suite struct SnapStartTests {
    /// A stage with SnapStart whose function does these steps after the restore, and none for one without hooks.
    private func stage(
        _ hooks: String?, watchers: [String] = [""], variables: [String: String] = [:],
        change: (inout Settings) -> Void = { _ in }
    ) throws -> Stage {
        var variables = variables
        if let hooks { variables["TEST_RESTORE"] = hooks }
        return try Stage(watchers: watchers, variables: variables) { settings in
            settings.kind = .snapStart
            change(&settings)
        }
    }

    private func hasSnapshot(_ stage: Stage) -> Bool {
        stage.record.notes.contains { if case .snapshotTaken = $0 { true } else { false } }
    }

    @Test func everythingIsStoppedUntilSomebodyInvokesIt() throws {
        let stage = try stage(#"[["print","hook"]]"#)
        stage.sandbox.start()
        try stage.run("the snapshot") { hasSnapshot(stage) }
        let numbers = stage.sandbox.processNumbers
        #expect(numbers.count == 2)
        try stage.run("SIGSTOP") { numbers.values.allSatisfy { Stage.state(of: $0) == "T" } }
        let (outcome, report) = try stage.invoke(#"[["respond","in"]]"#)
        #expect(Stage.body(outcome) == #""in""#)
        #expect(stage.sandbox.processNumbers == numbers)
        let order = [
            "INIT_START", "function: before the snapshot", "INIT_REPORT Init Duration: ",
            "SNAPSHOT Runtime waits in: restore/next", "RESTORE_START Runtime Version: ", "function: restored 200 0",
            "hook", "RESTORE_REPORT Restore Duration: ", "START", "RESPONSE", "END", "REPORT",
        ]
        #expect(order.allSatisfy { stage.place(of: $0) != nil }, "\(stage.lines)")
        #expect(order.compactMap(stage.place) == order.compactMap(stage.place).sorted())
        #expect(report.initDuration == nil && report.restoreDuration != nil)
        let line = try #require(stage.lines.first { $0.hasPrefix("REPORT") })
        #expect(line.contains("\tRestore Duration: ") && line.contains("\tBilled Restore Duration: "))
        #expect(!line.contains("Init Duration"))
        let again = try stage.invoke(#"[["respond",2]]"#)
        #expect(again.report.restoreDuration == nil)
        #expect(stage.lines.filter { $0.hasPrefix("RESTORE_START") }.count == 1)
        #expect(try stage.shutdown().isClean)
    }

    @Test func whatProcessesAreToldOfIt() throws {
        let stage = try stage("[]")
        let (outcome, _) = try stage.invoke(#"[["respond-env"]]"#)
        let environment = Stage.body(outcome)
        #expect(environment.contains(#""AWS_LAMBDA_INITIALIZATION_TYPE": "snap-start""#))
        #expect(!environment.contains("AWS_LAMBDA_LOG_GROUP_NAME"))
        #expect(!environment.contains("AWS_LAMBDA_LOG_STREAM_NAME"))
        try stage.shutdown()
    }

    @Test func aFunctionWithoutHooksIsStoppedInNext() throws {
        let stage = try stage(nil)
        let (outcome, report) = try stage.invoke(#"[["respond",1]]"#)
        #expect(Stage.body(outcome) == "1")
        #expect(report.restoreDuration != nil)
        #expect(stage.place(of: "SNAPSHOT Runtime waits in: invocation/next\tNeeds: LABEL ") != nil)
        #expect(stage.place(of: "RESTORE_REPORT Restore Duration: ") != nil)
        #expect(try stage.shutdown().isClean)
    }

    private static let report =
        #"["raw","POST","/restore/error","{}",{"Lambda-Runtime-Function-Error-Type":"Runtime.AfterRestoreError"}]"#

    @Test(arguments: [
        ("[\(report),[\"exit\",1]]", "Runtime.AfterRestoreError"), (#"[["exit",3]]"#, "Runtime.ExitError"),
        (#"[["kill",9]]"#, "Runtime.ExitError"),
    ])
    func hooksThatFailFailTheInvocation(hooks: String, type: String) throws {
        let stage = try stage(hooks)
        let (outcome, report) = try stage.invoke(#"[["respond",1]]"#)
        #expect(outcome.errorType == type)
        #expect(report.failure?.isOfRestore == true)
        let line = try #require(stage.lines.first { $0.hasPrefix("RESTORE_REPORT") })
        #expect(line.hasSuffix("\tStatus: error\tError Type: \(type)"))
        #expect(stage.place(of: "raw 202") != nil || type == "Runtime.ExitError")
        #expect(try stage.shutdown().isReset == false)
    }

    @Test func hooksThatDoNotEndAreEnded() throws {
        let stage = try stage(#"[["sleep",60]]"#, watchers: []) { $0.restoreLimit = .seconds(1) }
        let (outcome, _) = try stage.invoke(#"[["respond",1]]"#)
        #expect(outcome.errorType == "Runtime.RestoreHookUserTimeout")
        #expect(Stage.body(outcome).contains("took more than 1.00 seconds"))
        #expect(stage.lines.contains { $0.hasPrefix("RESTORE_REPORT") && $0.hasSuffix("\tStatus: timeout") })
        try stage.shutdown()
    }

    @Test func whatFailsBeforeTheSnapshotIsAnInitError() throws {
        let stage = try stage("[]", variables: ["TEST_INIT": "error"])
        let (outcome, _) = try stage.invoke(#"[["respond",1]]"#)
        #expect(Stage.body(outcome).contains("Init.Broke"))
        #expect(stage.lines.contains { $0.hasPrefix("INIT_REPORT") && $0.contains("\tStatus: error\t") })
        #expect(!hasSnapshot(stage) && stage.place(of: "RESTORE_START") == nil)
        try stage.shutdown()
    }

    @Test(arguments: [(false, "spare 404", "None"), (true, "spare is gone", "close")])
    func connectionsFromBeforeTheSnapshot(areDropped: Bool, spare: String, field: String) throws {
        let stage = try stage("[]", watchers: ["", ""]) { $0.dropsConnections = areDropped }
        for number in 0..<3 {
            let (outcome, _) = try stage.invoke("[[\"respond\",\(number)]]")
            #expect(Stage.body(outcome) == "\(number)")
        }
        #expect(stage.lines.contains("function: restored 200 0 \(field)"))
        #expect(stage.lines.contains(spare))
        for number in 0..<2 {
            #expect(stage.lines.filter { $0.hasPrefix("watcher\(number): INVOKE") }.count == 3)
        }
        #expect(try stage.shutdown().isClean)
    }

    @Test func elsewhereARestoreIsRefused() throws {
        let stage = try Stage(watchers: [])
        try stage.invoke(
            #"[["raw","GET","/restore/next",null,{}],["raw","POST","/restore/error","{}",{}],["respond",1]]"#)
        let raw = stage.lines.filter { $0.hasPrefix("raw ") }
        #expect(raw.count == 2)
        #expect(raw.allSatisfy { $0.hasPrefix("raw 403 application/json ") && $0.contains("InvalidStateTransition") })
        try stage.shutdown()
    }

    @Test func theCommandPlaysItToo() throws {
        let command = try Command.run([
            "--restore-limit", "60", "--snap-start", "--drop-connections", "--interval", "0.05", "--invocations", "2",
            "--env", "TEST_RESTORE=[]", "--json", "@/out.json", "--timeline", "@/out.svg",
        ])
        #expect(try command.wait() == 0)
        #expect(command.records("init").map { $0["status"] as? String } == ["success"])
        let restores = command.records("restore")
        #expect(restores.map { $0["status"] as? String } == ["success"])
        #expect(restores.allSatisfy { ($0["durationUs"] as? Int ?? 0) > 0 })
        let invocations = command.records("invocation")
        #expect(invocations.map { $0["cold"] as? Bool } == [true, false])
        #expect(invocations.map { ($0["restoreUs"] as? Int).map { $0 > 0 } } == [true, nil])
        #expect(command.file("out.svg").hasSuffix("</svg>\n"))
    }
}
