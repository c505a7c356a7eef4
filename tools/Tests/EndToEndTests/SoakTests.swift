import Foundation
import Testing
import ToolsTestSupport

/// The endurance run as a program; what it finds is the business of `tools/soak`.
@Suite struct SoakTests {
    @Test(arguments: [(SIGINT, "SIGINT", 130), (SIGTERM, "SIGTERM", 143)])
    func `One that a signal stops says how far it came, and is no success`(
        signal: Int32, name: String, code: Int32
    ) throws {
        let never = ["kill", "stall", "overrun", "hang"].flatMap { ["--\($0)-per-thousand", "0"] }
        let soak = try RunningProgram(
            [
                Program.soak().path, "--invocations", "20000", "--timeout", "30", "--extension",
                Program.postinvoke().path,
            ]
                + never)
        var position = 0
        // Each twentieth of the way has such a line.
        try soak.wait(after: &position) { $0.contains(" of 20,000 (") }
        soak.send(signal)
        #expect(try soak.waitForEnd() == code, "\(soak.transcript)")
        let interruption = try #require(soak.lines.first { $0.hasPrefix("interrupted after ") }, "\(soak.transcript)")
        #expect(interruption.hasSuffix(" of 20,000 invocations by \(name)"))
        #expect(soak.lines.last == "what ran is accounted for", "\(soak.transcript)")
    }
}
