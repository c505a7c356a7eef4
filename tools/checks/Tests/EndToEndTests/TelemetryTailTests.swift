import Foundation
import Testing
import ToolsTestSupport

/// The example `telemetry-tail` beside a function, under the sandbox.
struct TelemetryTailTests {
    private func run(
        _ steps: String, invocations: Int, options: [String] = []
    ) throws -> (exitCode: Int32, lines: [String]) {
        let event = FileManager.default.temporaryDirectory.appendingPathComponent("event-\(UUID().uuidString)")
        try Data("{\"steps\":\(steps)}".utf8).write(to: event)
        defer { try? FileManager.default.removeItem(at: event) }
        let program = try RunningProgram(
            [
                try Program.sandbox().path, "run", "--function", try Program.scriptedFunction().path, "--extension",
                try Program.telemetryTail().path, "--event", event.path, "--invocations", "\(invocations)", "--timeout",
                "60", "--env", "TELEMETRY_TAIL_PORT=0",
            ] + SandboxRun.limits + options)
        return (try program.waitForEnd(), program.lines)
    }

    /// `telemetry-tail: ID WORD: NAME VALUE UNIT, ...` in its parts.
    private struct Line {
        let request: String
        let status: String
        let parts: [String: String]

        init?(_ line: String) {
            let halves = line.components(separatedBy: ": ")
            guard halves.count == 3, halves[0] == "telemetry-tail" else { return nil }
            let words = halves[1].split(separator: " ")
            guard words.count == 2 else { return nil }
            (request, status) = (String(words[0]), String(words[1]))
            var parts: [String: String] = [:]
            for part in halves[2].components(separatedBy: ", ") {
                let words = part.split(separator: " ", maxSplits: 1)
                parts[String(words[0])] = String(words[1])
            }
            self.parts = parts
        }

        func milliseconds(_ name: String) -> Double? {
            guard let words = parts[name]?.split(separator: " "), words.count == 2, words[1] == "ms" else { return nil }
            return Double(words[0])
        }
    }

    @Test func `Every invocation has a line, written before the next one ends`() throws {
        let (exitCode, lines) = try run(#"[["respond","x"]]"#, invocations: 3)
        #expect(exitCode == 0, "\(lines)")
        let requests = lines.filter { $0.hasPrefix("START RequestId: ") }.map { String($0.split(separator: " ")[2]) }
        let told = lines.compactMap(Line.init)
        #expect(told.map(\.request) == requests, "\(lines)")
        for (index, line) in told.enumerated() {
            #expect(line.status == "success")
            let response = try #require(line.milliseconds("response"), "\(lines)")
            let runtime = try #require(line.milliseconds("runtime"))
            let total = try #require(line.milliseconds("total"))
            // It held the invocation until it was notified that the runtime is done.
            #expect(response <= runtime && runtime <= total)
            #expect(line.milliseconds("billed") != nil)
            #expect(line.parts["memory"]?.hasSuffix(" of 128 MB") == true)
            #expect((line.milliseconds("init") != nil) == (index == 0))
        }
        for (one, next) in zip(requests, requests.dropFirst()) {
            let place = try #require(lines.firstIndex { $0.hasPrefix("telemetry-tail: \(one) ") })
            let end = try #require(lines.firstIndex { $0.hasPrefix("END RequestId: \(next)") })
            #expect(place < end)
        }
    }

    @Test func `A restore is told before the invocation that it was for`() throws {
        let (exitCode, lines) = try run(
            #"[["respond","x"]]"#, invocations: 2,
            options: ["--snap-start", "--restore-limit", "60", "--env", "TEST_RESTORE=[]"])
        #expect(exitCode == 0, "\(lines)")
        let told = lines.filter { $0.hasPrefix("telemetry-tail: ") }
        #expect(told.first == "telemetry-tail: restore begins", "\(lines)")
        #expect(told.dropFirst().first == "telemetry-tail: restore runtime success", "\(lines)")
        #expect(
            told.dropFirst(2).first?.hasPrefix("telemetry-tail: restore report success: total ") == true, "\(lines)")
        let invocations = told.dropFirst(3).compactMap(Line.init)
        #expect(invocations.map { $0.milliseconds("restore") != nil } == [true, false], "\(lines)")
        #expect(invocations.allSatisfy { $0.status == "success" && $0.milliseconds("init") == nil }, "\(lines)")
    }

    @Test(arguments: [(#"[["error","Mine"]]"#, "error"), (#"[["exit",3]]"#, "failure")])
    func `What failed is told as such`(steps: String, status: String) throws {
        let (exitCode, lines) = try run(steps, invocations: 1)
        #expect(exitCode == 1)
        #expect(lines.compactMap(Line.init).map(\.status) == [status], "\(lines)")
    }
}
