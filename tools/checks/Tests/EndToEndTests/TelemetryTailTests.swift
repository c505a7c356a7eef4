import Foundation
import Testing

/// The example `telemetry-tail` beside a function, under the sandbox.
struct TelemetryTailTests {
    private func run(_ steps: String, invocations: Int, options: [String] = []) throws -> Outcome {
        try SandboxRun(
            .scriptedFunction(), event: "{\"steps\":\(steps)}", invocations: invocations, hasExtension: false,
            environment: ["TELEMETRY_TAIL_PORT": "0"],
            options: ["--extension", try Program.telemetryTail().path] + options
        ).finish()
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
        let outcome = try run(#"[["respond","x"]]"#, invocations: 3)
        #expect(outcome.exitCode == 0, "\(outcome)")
        let requests = outcome.lines.filter { $0.hasPrefix("START RequestId: ") }.map {
            String($0.split(separator: " ")[2])
        }
        let told = outcome.lines.compactMap(Line.init)
        #expect(told.map(\.request) == requests, "\(outcome)")
        for (index, line) in told.enumerated() {
            #expect(line.status == "success")
            let response = try #require(line.milliseconds("response"), "\(outcome)")
            let runtime = try #require(line.milliseconds("runtime"))
            let total = try #require(line.milliseconds("total"))
            // It held the invocation until it was notified that the runtime is done.
            #expect(response <= runtime && runtime <= total)
            #expect(line.milliseconds("billed") != nil)
            #expect(line.parts["memory"]?.hasSuffix(" of 128 MB") == true)
            #expect((line.milliseconds("init") != nil) == (index == 0))
        }
        for (one, next) in zip(requests, requests.dropFirst()) {
            let place = try #require(outcome.lines.firstIndex { $0.hasPrefix("telemetry-tail: \(one) ") })
            let end = try #require(outcome.lines.firstIndex { $0.hasPrefix("END RequestId: \(next)") })
            #expect(place < end)
        }
    }

    @Test func `A restore is told before the invocation that it was for`() throws {
        let outcome = try run(
            #"[["respond","x"]]"#, invocations: 2,
            options: ["--snap-start", "--restore-limit", "60", "--env", "TEST_RESTORE=[]"])
        #expect(outcome.exitCode == 0, "\(outcome)")
        let told = outcome.lines.filter { $0.hasPrefix("telemetry-tail: ") }
        #expect(told.first == "telemetry-tail: restore begins", "\(outcome)")
        #expect(told.dropFirst().first == "telemetry-tail: restore runtime success", "\(outcome)")
        #expect(
            told.dropFirst(2).first?.hasPrefix("telemetry-tail: restore report success: total ") == true, "\(outcome)")
        let invocations = told.dropFirst(3).compactMap(Line.init)
        #expect(invocations.map { $0.milliseconds("restore") != nil } == [true, false], "\(outcome)")
        #expect(invocations.allSatisfy { $0.status == "success" && $0.milliseconds("init") == nil }, "\(outcome)")
    }

    @Test(arguments: [(#"[["error","Mine"]]"#, "error"), (#"[["exit",3]]"#, "failure")])
    func `What failed is told as such`(steps: String, status: String) throws {
        let outcome = try run(steps, invocations: 1)
        #expect(outcome.exitCode == 1)
        #expect(outcome.lines.compactMap(Line.init).map(\.status) == [status], "\(outcome)")
    }
}
