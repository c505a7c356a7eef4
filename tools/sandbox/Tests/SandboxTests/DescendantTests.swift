import Foundation
import Sandbox
import Testing
import ToolsTestSupport

/// Whatever a process starts belongs to the environment: it is stopped, woken, measured and ended with it.
@Suite struct DescendantTests {
    /// Ways to start a process.
    static let kinds = ["child", "session", "orphan", "thread"]

    private static func step(_ kind: String) -> String { "[\"start-sleeper\",\"\(kind)\"]" }

    /// The number that the function has printed.
    private static func sleeper(in lines: [String]) throws -> Int32 {
        try #require(lines.last { $0.hasPrefix("sleeper ") }.flatMap { Int32($0.dropFirst("sleeper ".count)) })
    }

    @Test(arguments: kinds) func theyAreStoppedBetweenInvocations(kind: String) throws {
        let stage = try Stage()
        for _ in 0..<2 {
            try stage.invoke("[\(Self.step(kind)),[\"respond\",1]]")
            let sleeper = try Self.sleeper(in: stage.lines)
            let watch = ProcessWatch(sleeper)
            try stage.run("SIGSTOP") { Stage.state(of: sleeper) == "T" }
            #expect(try stage.invoke("[[\"await-thaw\",\(sleeper)],[\"respond\",2]]").report.failure == nil)
            try stage.invoke("[[\"exit\",0]]")
            #expect(watch.hasEnded())
        }
        try stage.shutdown()
    }

    @Test(arguments: kinds) func theyEndWithTheEnvironment(kind: String) throws {
        let stage = try Stage()
        try stage.invoke("[\(Self.step(kind)),[\"respond\",1]]")
        let watch = ProcessWatch(try Self.sleeper(in: stage.lines))
        #expect(try stage.shutdown().isClean)
        #expect(watch.hasEnded())
    }

    @Test func theyEndAtATimeout() throws {
        let stage = try Stage { $0.timeout = .seconds(1) }
        // Under load the time may be over before it is started.
        var attempts = 0
        repeat {
            let steps = "[\(Self.step("orphan")),[\"sleep\",600]]"
            #expect(try stage.invoke(steps).outcome.errorType == "Sandbox.Timedout")
            attempts += 1
        } while stage.place(of: "sleeper ") == nil && attempts < 60
        try stage.run("the reset") { stage.stops.count == attempts }
        #expect(try Stage.state(of: Self.sleeper(in: stage.lines)) == nil)
        try stage.shutdown()
    }

    @Test(arguments: kinds) func theyEndWithASandboxThatIsKilled(kind: String) throws {
        let command = try Command.run(
            ["--event", "-"], input: "{\"steps\":[\(Self.step(kind)),[\"respond\",1],[\"sleep\",600]]}")
        try command.line(with: "RESPONSE")
        let watch = ProcessWatch(try Self.sleeper(in: command.output))
        command.send(SIGKILL)
        #expect(watch.hasEnded())
    }

    /// Of its start the reaper may not even have told by then.
    @Test func aReaperThatTheProgramStopsGoesOn() throws {
        let folder = try TemporaryFolder()
        let function = try folder.write("#!/bin/sh\nkill -STOP $PPID\nexit 3\n", to: "function")
        #expect(chmod(function, 0o755) == 0)
        let stage = try Stage(watchers: []) {
            $0.function = function
            ($0.initLimit, $0.timeout) = (.seconds(1), .seconds(1))
        }
        // Its end may be seen in time, or not.
        #expect(try stage.invoke("[]").outcome.errorType != nil)
        try stage.shutdown()
    }

    @Test func theirMemoryCountsThoughTheyEndBeforeTheInvocation() throws {
        let stage = try Stage { $0.memorySize = 100 }
        let id = stage.start(#"[["grow",120],["respond",1]]"#)
        try stage.run("its memory") { stage.sandbox.peakMemory >= 120 }
        try stage.folder.write("", to: "shrink")
        _ = try stage.end(of: id)
        let report = try #require(stage.lines.first { $0.hasPrefix("REPORT") })
        let used = try #require(report.split(separator: "Max Memory Used: ").last?.prefix { $0.isNumber })
        #expect(try #require(Int(used)) >= 120)
        // It is none of those that start anew.
        stage.sandbox.renew()
        try stage.invoke(#"[["respond",2]]"#)
        #expect(stage.sandbox.peakMemory < 120)
        // Once for all that it has had.
        let warnings = stage.lines.filter { $0.hasPrefix("MEMORY ") }
        #expect(warnings.count == 1 && warnings[0].contains("\tMemory Size: 100 MB\t"), "\(warnings)")
        try stage.shutdown()
    }
}
