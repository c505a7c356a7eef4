import Sandbox
import Testing

@Suite struct LifeTests {
    @Test func theResponseComesBeforeTheWorkAfterIt() throws {
        let stage = try Stage(watchers: ["hold=0.05"])
        let (outcome, report) = try stage.invoke(#"[["print","in"],["respond",{"a":1}],["print","out"]]"#)
        #expect(Stage.body(outcome) == #"{"a": 1}"#)
        let order = ["INIT_START", "function: ready", "EXTENSION", "START", "in", "RESPONSE", "out", "END", "REPORT"]
        #expect(order.compactMap(stage.place) == order.compactMap(stage.place).sorted())
        #expect(order.allSatisfy { stage.place(of: $0) != nil })
        #expect(report.failure == nil)
        #expect(report.initDuration != nil)
        #expect(report.postRuntimeExtensions != nil)
        // A metric in production, and not in the log.
        #expect(!stage.lines.contains { $0.contains("Post Runtime") })
        #expect(try stage.shutdown().isClean)
        #expect(stage.place(of: "function: SIGTERM")! < stage.place(of: "watcher0: SHUTDOWN spindown")!)
    }

    @Test func everybodyIsStoppedBetweenInvocations() throws {
        let stage = try Stage()
        try stage.invoke(#"[["respond",1]]"#)
        let numbers = stage.sandbox.processNumbers
        #expect(numbers.count == 2)
        try stage.run("SIGSTOP") { numbers.values.allSatisfy { Stage.state(of: $0) == "T" } }
        let (outcome, report) = try stage.invoke(#"[["respond",2]]"#)
        #expect(Stage.body(outcome) == "2")
        #expect(report.initDuration == nil)
        #expect(stage.sandbox.processNumbers == numbers)
        try stage.shutdown()
        #expect(numbers.values.allSatisfy { Stage.state(of: $0) == nil })
    }

    @Test func processesAreStartedAsLambdaStartsThem() throws {
        let stage = try Stage(watchers: ["dump"])
        let (outcome, _) = try stage.invoke(#"[["respond-env"]]"#)
        #expect(stage.lines.contains { $0.hasPrefix("watcher0: argv") && $0.hasSuffix("pgid True stdin /dev/null") })
        #expect(stage.lines.contains { $0.contains("argv [\"\(stage.folder.path)/watcher0\"]") })
        let environment = Stage.body(outcome)
        for part in [
            #""_HANDLER": "function.handler""#, #""AWS_LAMBDA_FUNCTION_NAME": "function""#,
            #""AWS_LAMBDA_FUNCTION_VERSION": "$LATEST""#, #""AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand""#,
            #""LAMBDA_TASK_ROOT": "\#(Stage.fixtures)""#, #""TZ": ":UTC""#, #""AWS_REGION": "us-east-1""#,
        ] { #expect(environment.contains(part), "\(part)") }
        let variables = stage.lines.first { $0.hasPrefix("watcher0: env") } ?? ""
        #expect(variables.contains("AWS_LAMBDA_RUNTIME_API"))
        #expect(!variables.contains("_HANDLER") && !variables.contains("LAMBDA_TASK_ROOT"))
        try stage.shutdown()
    }

    @Test func eventsLookAsTheyDoOnTheWire() throws {
        let stage = try Stage(watchers: ["dump"])
        let (outcome, _) = try stage.invoke(#"[["respond-head"]]"#)
        let head = Stage.body(outcome)
        for name in ["Aws-Request-Id", "Deadline-Ms", "Invoked-Function-Arn", "Trace-Id"] {
            #expect(head.contains("\"Lambda-Runtime-\(name)\""))
        }
        try stage.shutdown()
        let events = stage.lines.filter { $0.hasPrefix("watcher0: event") }
        #expect(events.count == 2)
        #expect(events[0].contains(#"application/json True {"eventType": "INVOKE", "deadlineMs": "#))
        #expect(events[0].contains(#""tracing": {"type": "X-Amzn-Trace-Id", "value": "Root=1-"#))
        #expect(events[1].contains(#"text/plain; charset=utf-8 False {"eventType": "SHUTDOWN", "deadlineMs": "#))
        #expect(events[1].contains(#""shutdownReason": "spindown"}"#))
        #expect(
            stage.lines.contains(
                #"watcher0: registered 200 {"functionName":"function","functionVersion":"$LATEST","#
                    + #""handler":"function.handler","accountId":"012345678912"}"#))
    }

    @Test func outputIsCutIntoLinesAndLosesNothing() throws {
        let stage = try Stage(watchers: [])
        try stage.invoke(#"[["write","one\ntw"],["write","o\n\nthree"],["respond",1]]"#)
        try stage.shutdown()
        let from = stage.lines.firstIndex(of: "one")
        #expect(from.map { Array(stage.lines[$0..<$0 + 3]) } == ["one", "two", ""])
        #expect(stage.lines.contains { $0.hasPrefix("three") })
    }

    @Test func aLineWithoutAnEndBelongsToItsInvocation() throws {
        let stage = try Stage(watchers: [])
        try stage.invoke(#"[["respond",1],["write","no line feed"]]"#)
        let line = try #require(stage.place(of: "no line feed"))
        #expect(stage.lines[line] == "no line feed")
        #expect(line < (try #require(stage.place(of: "END "))))
        try stage.shutdown()
    }

    @Test func anInternalExtensionNeedsNoProcess() throws {
        let stage = try Stage(watchers: [], variables: ["TEST_INIT": "internal"])
        try stage.invoke(#"[["respond",1]]"#)
        #expect(stage.lines.contains("EXTENSION\tName: inside\tState: Ready\tEvents: [INVOKE]"))
        #expect(stage.lines.contains("inside: INVOKE"))
        #expect(try stage.shutdown().isClean)
        #expect(stage.lines.contains("function: SIGTERM"))
    }

    @Test func threeExtensionsAreWaitedFor() throws {
        let stage = try Stage(watchers: ["", "", ""])
        try stage.invoke(#"[["respond",1]]"#)
        for number in 0..<3 { #expect(stage.lines.contains { $0.hasPrefix("watcher\(number): INVOKE") }) }
        #expect(try stage.shutdown().isClean)
        for number in 0..<3 { #expect(stage.lines.contains("watcher\(number): SHUTDOWN spindown")) }
    }

    @Test func oneHundredInvocationsInARow() throws {
        let stage = try Stage()
        for number in 0..<100 {
            let (outcome, _) = try stage.invoke("[[\"respond\",\(number)]]")
            #expect(Stage.body(outcome) == "\(number)")
        }
        #expect(try stage.shutdown().isClean)
    }
}
