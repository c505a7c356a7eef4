import Foundation
import Sandbox
import Testing

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
        let stage = try Stage { $0.timeout = .seconds(10) }
        let id = stage.start("[\(Self.step("orphan")),[\"sleep\",600]]")
        try stage.run("the sleeper") { stage.place(of: "sleeper ") != nil }
        let watch = ProcessWatch(try Self.sleeper(in: stage.lines))
        #expect(try stage.end(of: id).outcome.errorType == "Sandbox.Timedout")
        try stage.run("the reset") { stage.stops.count == 1 }
        #expect(watch.hasEnded())
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

    @Test func theirMemoryCountsThoughTheyEndBeforeTheInvocation() throws {
        let stage = try Stage()
        let id = stage.start(#"[["grow",120],["respond",1]]"#)
        try stage.run("its memory") { stage.sandbox.peakMemory >= 120 }
        _ = try stage.folder.write("", to: "shrink")
        _ = try stage.end(of: id)
        let report = try #require(stage.lines.first { $0.hasPrefix("REPORT") })
        let used = try #require(report.split(separator: "Max Memory Used: ").last?.prefix { $0.isNumber })
        #expect(try #require(Int(used)) >= 120)
        try stage.shutdown()
    }
}
