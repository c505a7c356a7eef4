import Foundation
import Testing
import ToolsTestSupport

/// The Invoke API's response streams, read by AWS's SDK for Python.
@Suite struct ResponseStreamTests {
    @Test(.enabled(if: Program.pythonWithSDKs != nil, "boto3 is not installed"))
    func `boto3 has each chunk when it was written, and the error in the midst`() throws {
        let folder = try TemporaryFolder()
        let run = try SandboxRun(
            .scriptedFunction(), hasExtension: false, environment: ["TEST_FOLDER": folder.path])
        let caller = try RunningProgram([
            Program.pythonWithSDKs!, try Program.responseStream().path, try Caller(of: run).url,
            #"{"steps":[["stream",["one",["wait","go"],"two"],"Function.Broke"]]}"#,
        ])
        var position = 0
        try caller.wait(after: &position) { $0 == "PayloadChunk one" }
        try folder.write("", to: "go")
        #expect(try caller.waitForEnd() == 0, "\(caller.transcript)")
        #expect(
            caller.lines == [
                "200 $LATEST application/vnd.amazon.eventstream", "PayloadChunk one", "PayloadChunk two",
                #"InvokeComplete ["ErrorCode", "ErrorDetails", "LogResult"]"#,
            ])
        run.terminate()
        #expect(try run.finish().invocations.map(\.status) == ["error"])
    }
}
