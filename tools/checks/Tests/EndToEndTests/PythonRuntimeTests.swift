import Foundation
import Testing
import ToolsTestSupport

/// AWS's own Python runtime, which serves several events at a time with as many processes.
@Suite struct PythonRuntimeTests {
    @Test(.enabled(if: Program.pythonWithSDKs != nil, "awslambdaric is not installed"))
    func `Eight processes are at work at the same time, and no event is refused`() throws {
        let folder = try TemporaryFolder()
        let run = try RunningProgram([
            try Program.sandbox().path, "run", "--managed-instances", "--concurrency", "8", "--invocations", "40",
            "--timeout", "250", "--function", try Program.pythonRuntime().path, "--handler", "overlapping.handler",
            "--env", "PYTHON=\(Program.pythonWithSDKs!)", "--env", "TEST_FOLDER=\(folder.path)", "--json",
            folder.path(of: "records"),
        ])
        #expect(try run.waitForEnd() == 0, "\(run.transcript)")
        let invocations = try Record.all(in: folder).filter { $0.record == "invocation" }
        #expect(invocations.map(\.status) == Array(repeating: "success", count: 40))
        struct Answer: Decodable {
            let process: Int
            let request: String
        }
        var processes: Set<Int> = []
        for invocation in invocations {
            let answer = try JSONDecoder().decode(Answer.self, from: Data((invocation.response ?? "").utf8))
            #expect(answer.request == invocation.requestId)
            processes.insert(answer.process)
        }
        #expect(processes.count == 8)
    }
}
