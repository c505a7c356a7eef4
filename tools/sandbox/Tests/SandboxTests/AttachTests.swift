import Foundation
import Sandbox
import Testing
import ToolsTestSupport

/// Functions that are started by hand, or in a debugger.
@Suite struct AttachTests: Serving {
    /// A sandbox whose function this starts.
    private final class Desk {
        let stage: Stage
        /// Each time that the function was asked for, what it needs.
        private(set) var asked: [[String]] = []

        init() throws {
            stage = try Stage { $0.isAttached = true }
            stage.sandbox.onAwait = { [unowned self] in asked.append($0) }
            stage.sandbox.start()
            try stage.run("the request for the function") { !asked.isEmpty }
        }

        func start() throws -> RunningProgram {
            let pairs = asked[0].map { $0.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false) }
            return try RunningProgram(
                [Stage.fixtures + "/function"],
                environment: Dictionary(uniqueKeysWithValues: pairs.map { (String($0[0]), String($0[1])) }))
        }

        /// Invokes, and waits until a function has the event.
        func begin(_ steps: String) throws -> String {
            let id = stage.start(steps)
            try stage.run("the event") {
                stage.record.notes.contains {
                    if case .delivered(id, process: "function") = $0 { true } else { false }
                }
            }
            return id
        }
    }

    @Test func itIsNeitherStoppedNorEnded() throws {
        let desk = try Desk()
        let function = try desk.start()
        let stage = desk.stage
        #expect(try stage.invoke(#"[["respond",1]]"#).report.failure == nil)
        let watcher = try #require(stage.sandbox.processNumbers["watcher0"])
        try stage.run("SIGSTOP") { Stage.state(of: watcher) == "T" }
        let number = try #require(Int32(stage.folder.text(of: "function.pid") ?? ""))
        #expect(Stage.state(of: number) != "T")
        #expect(stage.sandbox.processNumbers["function"] == nil)
        #expect(try stage.shutdown().isClean)
        #expect(stage.lines.contains("watcher0: SHUTDOWN spindown"))
        // It ends since nobody is there any more.
        #expect(try function.waitForEnd() == 1)
        #expect(!function.lines.contains("function: SIGTERM"))
    }

    @Test func anotherMayTakeItsPlaceAtAnyTime() throws {
        let desk = try Desk()
        let stage = desk.stage
        let first = try desk.start()
        try stage.invoke(#"[["respond",1]]"#)
        first.end()
        try stage.run("another request for it") { desk.asked.count == 2 }
        let next = stage.start(#"[["respond",2]]"#)
        let second = try desk.start()
        #expect(try Stage.body(stage.end(of: next).outcome) == "2")
        // In the midst of an invocation, too: it has the same event.
        let id = try desk.begin(#"[["print","begun"],["wait","go"],["respond",3]]"#)
        var line = 0
        try second.wait(after: &line) { $0 == "begun" }
        second.end()
        try stage.folder.write("", to: "go")
        let third = try desk.start()
        let (outcome, report) = try stage.end(of: id)
        #expect(Stage.body(outcome) == "3" && report.failure == nil)
        #expect(Set(desk.asked).count == 1 && stage.stops.isEmpty)
        #expect(try stage.shutdown().isClean)
        third.end()
    }

    /// Deadlines are far away, but not too far for a timer of Node.js.
    @Test func noLimitHolds() throws {
        let desk = try Desk()
        let function = try desk.start()
        try desk.stage.invoke(#"[["remaining"],["respond",1]]"#)
        var line = 0
        let remaining = try function.wait(after: &line) { $0.hasPrefix("remaining ") }
        let milliseconds = try #require(Int(remaining.dropFirst("remaining ".count)))
        #expect(milliseconds > 7 * 86_400_000 && milliseconds < Int(Int32.max))
        try desk.stage.shutdown()
    }

    /// After what broke the environment it is asked for again, and finds the same address.
    @Test func aResetKeepsTheAddress() throws {
        let desk = try Desk()
        let stage = desk.stage
        let first = try desk.start()
        #expect(try stage.invoke(#"[["kill-named","watcher0"]]"#).report.failure?.type == "Extension.Crash")
        #expect(try first.waitForEnd() == 1)
        let id = stage.start(#"[["respond",1]]"#)
        try stage.run("the second request") { desk.asked.count == 2 }
        #expect(desk.asked[0] == desk.asked[1])
        let second = try desk.start()
        #expect(try stage.end(of: id).report.failure == nil)
        try stage.shutdown()
        second.end()
    }

    // MARK: The command

    /// A sandbox that waits for its function, its address, and a script that starts the fixture as it asks for.
    private func attach(_ options: [String] = []) throws -> (command: Command, url: String, script: String) {
        let (command, url) = try serve(["--attach"] + options)
        try command.line(with: "lambda-sandbox: waiting for the function, to be started with these variables:")
        try command.line(with: "export _HANDLER=")
        let exports = command.output.filter { $0.hasPrefix("export ") }
        return (command, url, (exports + ["exec \(Stage.fixtures)/function"]).joined(separator: "\n"))
    }

    @Test func itHasTheVariablesThatWerePrinted() throws {
        let value = "it's \"$HOME\" `a`\\"
        let (command, url, script) = try attach([
            "--env", "QUOTED=\(value)", "--env", "a.b=c", "--env", "HOME", "--env-file", "@/function.env",
        ])
        let function = try Command("/bin/sh", ["-c", script])
        let body = try invoke(url, #"[["respond-env"]]"#).body
        let variables = try #require(try JSONSerialization.jsonObject(with: Data(body.utf8)) as? [String: String])
        #expect(variables["QUOTED"] == value)
        #expect(variables["LAMBDA_TASK_ROOT"] == Stage.fixtures && variables["_HANDLER"] == "function.handler")
        try command.line(with: #"# a shell cannot set "a.b""#)
        // An editor has the same from a file.
        let written = command.file("function.env").split(separator: "\n").map { "export \($0)" }
        #expect(!written.isEmpty && written == command.output.filter { $0.hasPrefix("export ") })
        // What every shell here has is not shown.
        #expect(!command.output.contains { $0.hasPrefix("export PATH=") || $0.hasPrefix("export HOME=") })
        #expect(try command.end() == 0)
        #expect(try function.wait() == 1)
    }

    @Test func itHasThePortThatWasAskedFor() throws {
        // Below those that the kernel gives away (ip_local_port_range), and another one in each process.
        let port = 10_000 + ProcessInfo.processInfo.processIdentifier % 20_000
        let (command, url, script) = try attach(["--api-port", "\(port)"])
        #expect(script.contains("export AWS_LAMBDA_RUNTIME_API=127.0.0.1:\(port)\n"))
        let function = try Command("/bin/sh", ["-c", script])
        #expect(try invoke(url, #"[["respond",1]]"#).body == "1")
        #expect(try command.end() == 0)
        #expect(try function.wait() == 1)
    }

    @Test(
        arguments: [
            ("A=b", "export A=b"), ("_a1=", "export _a1="), ("A=x=y", "export A='x=y'"), ("A=a b", "export A='a b'"),
            ("A=:UTC", "export A=:UTC"), ("A=it's", "export A='it'\\''s'"), ("A=$(x)", "export A='$(x)'"),
            ("A=1\n2", "export A='1\n2'"), ("A=\u{E4}", "export A='\u{E4}'"), ("A=~", "export A='~'"),
            ("1A=x", nil), ("a.b=x", nil), ("=x", nil), ("A", nil), ("A B=x", nil), ("\u{E4}=x", nil),
        ] as [(String, String?)])
    func variablesAsAShellReadsThem(variable: String, line: String?) {
        #expect(ShellVariable.line(for: variable) == line)
    }
}
