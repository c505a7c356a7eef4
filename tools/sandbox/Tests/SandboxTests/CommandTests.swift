import Foundation
import Sandbox
import Testing

/// The command line as a whole.
@Suite struct CommandTests {
    @Test func aGoodRun() throws {
        let command = try Command.run([
            "--extension", Stage.fixtures + "/watcher", "--invocations", "3", "--json", "@/out.json", "--timeline",
            "@/out.svg", "--timestamps",
        ])
        #expect(try command.wait() == 0)
        let lines = command.output
        #expect(lines.allSatisfy { $0.dropFirst(4).hasPrefix("-") && $0.dropFirst(23).hasPrefix("Z ") })
        #expect(lines.count { $0.contains(" START RequestId: ") } == 3)
        #expect(lines.count { $0.contains(" RESPONSE RequestId: ") && $0.contains(" ms\t{") } == 3)
        #expect(lines.count { $0.contains("Init Duration: ") } == 1)
        #expect(lines.last?.contains("SHUTDOWN Reason: spindown") == true)
        let records = command.records("invocation")
        #expect(records.map { $0["status"] as? String } == ["success", "success", "success"])
        #expect(records.map { $0["cold"] as? Bool } == [true, false, false])
        #expect(records.allSatisfy { ($0["responseUs"] as? Int ?? 0) > 0 && ($0["response"] as? String) == "{}" })
        #expect(command.records("init").count == 1)
        #expect(command.records("stop").first?["clean"] as? Bool == true)
        #expect(command.file("out.svg").hasSuffix("</svg>\n"))
        let guide = try Self.guide()
        for record in ["init", "invocation", "stop"].flatMap({ command.records($0) }) {
            for field in record.keys { #expect(guide.contains("`\(field)`"), "the guide lacks \(field)") }
        }
    }

    private static func guide() throws -> String {
        let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        return try String(
            contentsOf: tests.deletingLastPathComponent().appendingPathComponent("GUIDE.md"), encoding: .utf8)
    }

    @Test func theGuideNamesTheVariablesThatAreInherited() throws {
        let guide = try Self.guide()
        for name in ProcessEnvironment.inheritedNames { #expect(guide.contains("`\(name)`")) }
    }

    @Test func recordsOnStandardOutputHaveItForThemselves() throws {
        let run = "\(Command.tool) run --function \(Stage.fixtures)/function --init-limit 60 --timeout 60 --json -"
        let command = try Command("/bin/sh", ["-c", "exec \(run) >@/out.json 2>@/log"])
        #expect(try command.wait() == 0)
        let lines = command.file("out.json").split(separator: "\n")
        #expect(lines.count == 3 && ["init", "invocation", "stop"].flatMap { command.records($0) }.count == 3)
        #expect(command.file("log").contains("\nEND RequestId: "))
    }

    @Test func closedStreamsAreNobodysFiles() throws {
        let run = "\(Command.tool) run --function \(Stage.fixtures)/function --init-limit 60 --timeout 60"
        let files = "--json @/out.json --timeline @/out.svg"
        let command = try Command("/bin/sh", ["-c", "exec \(run) \(files) <&- >&- 2>&-"])
        #expect(try command.wait() == 0)
        #expect(command.file("out.json").split(separator: "\n").count == 3)
        #expect(command.file("out.svg").hasPrefix("<svg") && command.file("out.svg").hasSuffix("</svg>\n"))
    }

    @Test func requestIDsStandInAColumnOnATerminal() throws {
        let terminal = "import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))"
        let command = try Command(
            "/usr/bin/env",
            [
                "NO_COLOR=1", "python3", "-c", terminal, Command.tool, "run", "--function",
                Stage.fixtures + "/function",
                "--init-limit", "60", "--timeout", "60", "--no-timestamps",
            ])
        #expect(try command.wait() == 0)
        let lines = command.output.filter { $0.contains("RequestId: ") }
        #expect(lines.count == 4 && lines.allSatisfy { $0.dropFirst(9).hasPrefix("RequestId: ") }, "\(command.output)")
    }

    @Test func anEventFromStandardInput() throws {
        let command = try Command.run(["--event", "-", "--quiet"], input: #"{"steps":[["respond","piped"]]}"#)
        #expect(try command.wait() == 0)
        #expect(command.output.contains { $0.hasSuffix("ms\t\"piped\"") })
        #expect(!command.output.contains { $0.hasPrefix("START") })
    }

    @Test(arguments: [
        (#"[["error","X"]]"#, [] as [String], Int32(1), "error"), (#"[["exit",1]]"#, [], 1, "failure"),
        (#"[["sleep",60]]"#, ["--timeout", "1"], 1, "timeout"), (#"[["respond",1],["kill",9]]"#, [], 1, "failure"),
        (#"[["respond",1]]"#, ["--env", "WATCHER=exit=4"], 2, "success"),
    ])
    func exitCodes(steps: String, options: [String], code: Int32, status: String) throws {
        let command = try Command.run(
            ["--extension", Stage.fixtures + "/watcher", "--event", "-", "--json", "@/out.json"] + options,
            input: "{\"steps\":\(steps)}")
        #expect(try command.wait() == code)
        #expect(command.records("invocation").map { $0["status"] as? String } == [status])
    }

    @Test(
        arguments: [
            ([], "--function"), (["--function", "/no/such"], "--function /no/such: No such file or directory"),
            (["--function", "/etc"], "--function: /etc is a folder"),
            (["--function", #filePath], "is not executable (chmod +x would make it so)"),
            (["--function", "/bin/true", "--extension", "/no"], "--extension /no: No such file"),
            (
                ["--function", "/bin/true", "--extension", "/bin/true", "--extension", "/usr/bin/true"],
                "two are named true"
            ),
            (["bootstrap"], "--function: missing, and so is --attach; did you mean --function bootstrap?"),
            (["--function", "/bin/true", "--event", "/no"], "--event /no: No such file"),
            (
                ["--function", "/bin/true", "--event", #"{"id":7}"#],
                #"--event {"id":7}: No such file or directory; it names a file, and - standard input"#
            ),
            (
                ["--function", "/bin/true", "--event", "-"],
                "--event standard input: not JSON: line 2, column 3: expected a name or }"
            ),
            (["--function", "/bin/true", "--timeout", "0"], "--timeout 0.0"),
            (["--function", "/bin/true", "--init-limit", "901"], "--init-limit 901.0"),
            (["--function", "/bin/true", "--shutdown-limit", "0"], "--shutdown-limit 0.0"),
            (["--function", "/bin/true", "--invocations", "0"], "--invocations 0"),
            (["--function", "/bin/true", "--serve", "nowhere"], "--serve nowhere: must be HOST:PORT with"),
            (["--function", "/bin/true", "--env", "=x"], "--env =x: no name"),
            (["--function", "/bin/true", "--env", "NO_SUCH_VARIABLE"], "not set in this shell"),
            (["--function", "/bin/true", "--log-format", "XML"], "must be Text or JSON"),
            (["--function", "/bin/true", "--timeout", "901"], "--timeout 901.0: must be more than 0 and at most 900"),
            (["--function", "/bin/true", "--managed-instances", "--timeout", "5401"], "--timeout 5401.0"),
            (["--function", "/bin/true", "--managed-instances", "--init-limit", "901"], "--init-limit 901.0"),
            (
                ["--function", "/bin/true", "--managed-instances", "--concurrency", "0"],
                "--concurrency 0: must be between"
            ),
            (["--function", "/bin/true", "--managed-instances", "--concurrency", "4097"], "--concurrency 4097"),
            (["--function", "/bin/true", "--managed-instances", "--concurrency", "many"], "many"),
            (["--function", "/bin/true", "--concurrency", "2"], "--concurrency: only with --managed-instances"),
            (
                ["--function", "/bin/true", "--managed-instances", "--log-format", "Text"],
                "Managed Instances have JSON alone"
            ),
            (["--function", "/bin/true", "--serve", "127.0.0.1:0", "--event", "x"], "exclude each other"),
            (["--function", "/bin/true", "--http", "9000"], "such as 127.0.0.1:9000 or [::1]:9000"),
            (["--function", "/bin/true", "--timeline", "a/x.png"], "--timeline a/x.png: the picture is SVG"),
            (["--function", "/bin/true", "--fault", "nxt:500"], "Calls: next, response, error,"),
            (["--function", "/bin/true", "--fault", "next:5"], "Answers: a status from 400 to 599, never,"),
            (["--function", "/bin/true", "--http", "127.0.0.1:0", "--event", "x"], "--event and --http exclude"),
            (
                ["--function", "/bin/true", "--http", "127.0.0.1:0", "--on-failure", "x"],
                "--on-failure: only with --serve"
            ),
            (["--function", "/bin/true", "--build", "make"], "--build: only with --watch"),
            (["--function", "/bin/true", "--sources", "/"], "--sources: only with --watch"),
            (["--function", "/bin/true", "--watch", "--sources", "/no"], "--sources /no: No such file"),
            (["--function", "/bin/true", "--watch", "--sources", "/bin/true"], "--sources /bin/true: is no folder"),
            (["--attach", "--managed-instances"], "--attach and --managed-instances exclude each other"),
            (["--attach", "--snap-start"], "--attach and --snap-start exclude each other"),
            (["--attach", "--http", "127.0.0.1:0", "--environments", "2"], "with --attach there is one"),
            (["--function", "/bin/true", "--api-port", "9001"], "--api-port: only with --attach"),
            (["--function", "/bin/true", "--env-file", "x"], "--env-file: only with --attach"),
            (["--function", "/bin/true", "--environments", "2"], "--environments: only with --serve"),
            (["--function", "/bin/true", "--idle-limit", "2"], "--idle-limit: only with --serve"),
            (["--function", "/bin/true", "--retry-after", "2"], "--retry-after: only with --serve"),
            (["--function", "/bin/true", "--on-failure", "x"], "--on-failure: only with --serve"),
            (
                ["--function", "/bin/true", "--serve", "127.0.0.1:0", "--environments", "0"],
                "--environments 0: must be between"
            ),
            (["--function", "/bin/true", "--serve", "127.0.0.1:0", "--environments", "1001"], "--environments 1001"),
            (["--function", "/bin/true", "--serve", "127.0.0.1:0", "--idle-limit", "0"], "--idle-limit 0.0"),
            (["--function", "/bin/true", "--serve", "127.0.0.1:0", "--retry-after", "-1"], "--retry-after"),
            (
                ["--function", "/bin/true", "--serve", "127.0.0.1:0", "--managed-instances", "--environments", "2"],
                "--environments 2: with --managed-instances there is one"
            ),
            (["--function", "/bin/true", "--snap-start", "--managed-instances"], "exclude each other"),
            (["--function", "/bin/true", "--drop-connections"], "--drop-connections: only with --snap-start"),
            (["--function", "/bin/true", "--snap-start", "--restore-limit", "0"], "--restore-limit 0.0"),
            (["--function", "/bin/true", "--interval", "nan"], "--interval nan: must be between 0 and 86400"),
            (["--function", "/bin/true", "--interval", "inf"], "--interval inf: must be between"),
            (["--function", "/bin/true", "--interval", "1e30"], "--interval 1e+30: must be between"),
            (["--function", "/bin/true", "--interval", "-1"], "--interval -1.0: must be between"),
            (["--function", "/bin/true", "--timeout", "nan"], "--timeout nan: must be more than 0 and at most 900"),
            (["--function", "/bin/true", "--timeout", "-1"], "--timeout -1.0: must be more than 0"),
            (["--function", "/bin/true", "--invocations", "-1"], "--invocations -1: must be at least 1"),
            (["--function", "/bin/true", "--memory-size", "-1"], "--memory-size -1: must be between 128 and 10240"),
            (["--attach", "--api-port", "65536"], "--api-port 65536: must be between 0 and 65535"),
            (["--function", "/bin/true", "--name", ""], "--name \"\": must be 1 to 64 letters"),
            (["--function", "/bin/true", "--name", "a\nb"], #"--name "a\nb": must be 1 to 64 letters"#),
            (["--function", "/bin/true", "--region", "a\r\nb"], #"--region "a\r\nb": must be lower-case letters"#),
            (["--function", "/bin/true", "--log-level", "LOUD"], "--log-level LOUD: must be one of TRACE, DEBUG"),
        ] as [([String], String)])
    func wrongArgumentsAreNamed(arguments: [String], message: String) throws {
        let command = try Command(Command.tool, ["run"] + arguments, input: "{\n  oops")
        #expect(try command.wait() == 64)
        #expect(command.output.joined(separator: "\n").contains(message))
    }

    @Test(arguments: [
        (["evnt", "sqs"], "no subcommand is called evnt; did you mean event? there are: run, event, help"),
        (["rnu", "--function", "/bin/true"], "did you mean run?"), (["help", "rnu"], "did you mean run?"),
        (["invoke"], "no subcommand is called invoke; there are: run, event, help"),
        (
            ["--function", "/bin/true"],
            "--function: a subcommand must come first, such as lambda-sandbox run --function"
        ),
        (["event", "sqq"], "no event is called sqq; did you mean sqs?"),
        (["event", "sqs", "--set", "Records"], "--set Records: expected = or := after the path"),
    ])
    func wrongWordsAreNamed(arguments: [String], message: String) throws {
        let command = try Command(Command.tool, arguments)
        #expect(try command.wait() == 64)
        #expect(command.output.joined(separator: "\n").contains(message), "\(command.output)")
    }

    @Test func aNameThatAnEventDidNotHaveIsTold() throws {
        let command = try Command(Command.tool, ["event", "sqs", "--set", "Records[0].bodi=x"])
        #expect(try command.wait() == 0)
        let note =
            "lambda-sandbox: --set Records[0].bodi=x: adds bodi, which the event did not have; did you mean body?"
        #expect(command.output.contains(note) && command.output.contains(#"      "bodi": "x""#))
    }

    @Test(arguments: [
        (["AWS_DEFAULT_REGION=eu-west-3"], [], "eu-west-3"), (["AWS_REGION="], [], "us-east-1"),
        (["AWS_REGION=eu-west-1", "AWS_DEFAULT_REGION=eu-west-3"], [], "eu-west-1"),
        (["AWS_REGION=eu-west-1"], ["--region", "eu-west-2"], "eu-west-2"),
    ])
    func theRegionIsThatOfTheShellUnlessOneIsGiven(shell: [String], options: [String], region: String) throws {
        let command = try Command(
            "/usr/bin/env",
            ["-u", "AWS_REGION", "-u", "AWS_DEFAULT_REGION"] + shell + [
                Command.tool, "run", "--function", Stage.fixtures + "/function", "--init-limit", "60", "--timeout",
                "60", "--event", "-",
            ] + options, input: #"{"steps":[["respond-env"]]}"#)
        #expect(try command.wait() == 0)
        let line = try command.line(with: "RESPONSE")
        #expect(
            line.contains("\"AWS_REGION\": \"\(region)\"") && line.contains("\"AWS_DEFAULT_REGION\": \"\(region)\""))
    }

    /// The run has as many invocations under way as workers wait, up to the concurrency, and none of them is refused.
    @Test func manyAtATime() throws {
        let command = try Command.run(
            [
                "--managed-instances", "--concurrency", "4", "--invocations", "12", "--event", "-", "--json",
                "@/out.json", "--timeline", "@/out.svg", "--env", "TEST_FOLDER=@",
            ], function: "workers", input: #"{"steps":[["meet","all",4],["respond",1]]}"#)
        #expect(try command.wait() == 0, "\(command.output)")
        let records = command.records("invocation")
        #expect(records.count == 12 && records.allSatisfy { $0["status"] as? String == "success" })
        #expect(records.allSatisfy { $0["billedMs"] is NSNull && $0["initUs"] is NSNull })
        #expect(command.output.count { $0.contains(#""type":"platform.report""#) } == 12)
        let svg = command.file("out.svg")
        #expect(svg.contains(">worker 4<") && !svg.contains(">worker 5<") && !svg.contains(">caller<"))
    }

    @Test func aRunWhoseWorkersAreGoneEnds() throws {
        let command = try Command.run(
            ["--managed-instances", "--invocations", "3", "--timeout", "1", "--event", "-", "--json", "@/out.json"],
            function: "workers", input: #"{"steps":[["respond",1],["leave"]]}"#)
        #expect(try command.wait() == 1)
        let records = command.records("invocation")
        #expect(records.map { $0["status"] as? String } == ["success", "failure", "failure"])
        #expect(records.dropFirst().allSatisfy { $0["errorType"] as? String == "Runtime.Unavailable" })
    }

    /// Without a pause: nobody who starts again by himself is waited for.
    @Test func anEnvironmentThatBrokeStartsWithTheNextInvocation() throws {
        let command = try Command.run(
            [
                "--managed-instances", "--concurrency", "2", "--invocations", "3", "--timeout", "5400", "--event", "-",
                "--json", "@/out.json",
            ], function: "workers", input: #"{"steps":[["exit",3]]}"#)
        #expect(try command.wait() == 1)
        let types = command.records("invocation").map { $0["errorType"] as? String }
        #expect(types == Array(repeating: "Runtime.ExitError", count: 3), "\(command.output)")
    }

    @Test(arguments: ["--json", "--timeline"])
    func aFileThatTakesNothingIsToldAtTheEnd(option: String) throws {
        let command = try Command.run([option, "/dev/full"])
        #expect(try command.wait() == 74)
        #expect(command.output.last?.contains("No space left on device") == true)
    }

    @Test(arguments: ["--json", "--timeline"])
    func aFileThatCannotBeWrittenStopsTheRun(option: String) throws {
        let command = try Command.run([option, "@/no/such/folder"])
        #expect(try command.wait() == 73)
        #expect(command.output.count == 1)
        #expect(command.output.first?.hasPrefix("lambda-sandbox: \(option) /") == true)
    }

    @Test(arguments: [SIGINT, SIGTERM])
    func aSignalEndsTheRunInOrder(signal: Int32) throws {
        let command = try Command.run(
            ["--extension", Stage.fixtures + "/watcher", "--event", "-", "--invocations", "100", "--interval", "60"],
            input: #"{"steps":[["start-sleeper"],["respond",1]]}"#)
        try command.line(with: "REPORT RequestId")
        #expect(try command.end(signal) == 130)
        for line in ["function: SIGTERM", "watcher: SHUTDOWN spindown", "SHUTDOWN Reason: spindown"] {
            #expect(command.output.contains { $0.hasPrefix(line) })
        }
    }

    @Test func aSignalDuringAnInvocationEndsIt() throws {
        let command = try Command.run(
            ["--event", "-"], input: #"{"steps":[["respond",1],["print","begun"],["sleep",60]]}"#)
        try command.line(with: "begun")
        #expect(try command.end(SIGINT) == 130)
        #expect(command.output.contains { $0.hasPrefix("END RequestId") })
    }

    @Test func aSecondSignalDoesNotWait() throws {
        let command = try Command.run([
            "--extension", Stage.fixtures + "/watcher", "--env", "WATCHER=ignore-shutdown", "--interval", "60",
            "--invocations", "2",
        ])
        try command.line(with: "REPORT RequestId")
        command.send(SIGINT)
        try command.line(with: "watcher: SHUTDOWN")
        #expect(try command.end(SIGINT) == 130)
        // It was not the clock that ended the extension.
        #expect(command.output.last?.hasPrefix("SHUTDOWN") == true)
        #expect(command.output.last?.contains("Killed") == false)
    }

    @Test func evenAKilledSandboxLeavesNobodyBehind() throws {
        let command = try Command.run(["--interval", "60", "--invocations", "2", "--env", "TEST_FOLDER=@"])
        try command.line(with: "REPORT RequestId")
        let function = ProcessWatch(Int32(command.file("function.pid")) ?? 0)
        command.send(SIGKILL)
        #expect(function.hasEnded())
    }
}
