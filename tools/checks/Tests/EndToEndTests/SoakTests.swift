import Foundation
import Testing
import ToolsTestSupport

/// The endurance run as a program; what it finds is the business of `tools/soak/run`.
@Suite struct SoakTests {
    private func soak(_ options: [String]) throws -> RunningProgram {
        try RunningProgram([Program.soak().path, "--extension", Program.postinvoke().path] + options)
    }

    @Test(arguments: [(SIGINT, "SIGINT", 130), (SIGTERM, "SIGTERM", 143)])
    func `One that a signal stops says how far it came, and is no success`(
        signal: Int32, name: String, code: Int32
    ) throws {
        let never = ["kill", "stall", "overrun", "hang"].flatMap { ["--\($0)-per-thousand", "0"] }
        let soak = try soak(["--invocations", "20000", "--timeout", "30"] + never)
        var position = 0
        // Each twentieth of the way has such a line.
        try soak.wait(after: &position) { $0.contains(" of 20,000 (") }
        soak.send(signal)
        #expect(try soak.waitForEnd() == code, "\(soak.transcript)")
        let interruption = try #require(soak.lines.first { $0.hasPrefix("interrupted after ") }, "\(soak.transcript)")
        #expect(interruption.hasSuffix(" of 20,000 invocations by \(name)"))
        #expect(soak.lines.last == "what ran is accounted for", "\(soak.transcript)")
    }

    @Test(arguments: [1, 16]) func `Many events at a time leave nothing unaccounted for`(workers: Int) throws {
        let soak = try soak([
            "--invocations", "1000", "--concurrency", "\(workers)", "--timeout", "10", "--kill-per-thousand", "5",
        ])
        try #expect(soak.waitForEnd() == 0, "\(soak.transcript)")
        #expect(soak.lines.last == "everything is accounted for", "\(soak.transcript)")
        #expect(soak.lines.contains { $0.hasPrefix("workers \(workers): ") }, "\(soak.transcript)")
    }

    @Test(arguments: ["0", "4097", "-1", "many"]) func `A concurrency that cannot be is named`(text: String) throws {
        let soak = try soak(["--concurrency=\(text)"])
        #expect(try soak.waitForEnd() == 64)
        #expect(soak.transcript.contains(text), "\(soak.transcript)")
    }
}
