import Foundation
import Testing
import ToolsTestSupport

/// AWS's own Python runtime, which serves several events at a time with as many processes.
@Suite struct PythonRuntimeTests {
    /// A Python that has awslambdaric; `tools/checks/steps.sh` says which.
    private static let python = ProcessInfo.processInfo.environment["AWSLAMBDARIC_PYTHON"]

    @Test(.enabled(if: Self.python != nil, "awslambdaric is not installed"))
    func `Eight processes are at work at the same time, and no event is refused`() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("python-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(at: folder) }
        let records = folder.appendingPathComponent("records")
        let run = try RunningProgram([
            try Program.sandbox().path, "run", "--managed-instances", "--concurrency", "8", "--invocations", "40",
            "--timeout", "250", "--function", try Program.pythonRuntime().path, "--handler", "overlapping.handler",
            "--env", "PYTHON=\(Self.python!)", "--env", "TEST_FOLDER=\(folder.path)", "--json", records.path,
        ])
        #expect(try run.waitForEnd() == 0, "\(run.transcript)")
        let decoder = JSONDecoder()
        let invocations = try String(contentsOf: records, encoding: .utf8).split(separator: "\n")
            .map { try decoder.decode(Record.self, from: Data($0.utf8)) }.filter { $0.record == "invocation" }
        #expect(invocations.map(\.status) == Array(repeating: "success", count: 40))
        struct Answer: Decodable {
            let process: Int
            let request: String
        }
        var processes: Set<Int> = []
        for invocation in invocations {
            let answer = try decoder.decode(Answer.self, from: Data((invocation.response ?? "").utf8))
            #expect(answer.request == invocation.requestId)
            processes.insert(answer.process)
        }
        #expect(processes.count == 8)
    }
}
