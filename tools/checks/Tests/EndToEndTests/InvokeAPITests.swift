import Foundation
import Testing
import ToolsTestSupport

/// The Invoke API of `--serve`, called by hand and by the AWS CLI.
struct InvokeAPITests {
    @Test func `Each kind of invocation gets its status`() throws {
        let run = try SandboxRun(.testFunction(), invocations: 2)
        let caller = try Caller(of: run)
        #expect(try caller.invoke("{}", type: "DryRun").status == 204)
        let accepted = try caller.invoke(#"{"do":"closures"}"#, type: "Event")
        #expect(accepted.status == 202)
        #expect(accepted.body == "")
        let answered = try caller.invoke(#"{"do":"echo"}"#, wantsTail: true)
        #expect(answered.status == 200)
        #expect(answered.body == #"{"do":"echo"}"#)
        let tail = try #require(answered.field("X-Amz-Log-Result").flatMap { Data(base64Encoded: $0) })
        let log = String(decoding: tail, as: UTF8.self)
        #expect(log.hasPrefix("START RequestId: "), "\(log)")
        #expect(log.contains("handler echo"), "\(log)")
        #expect(!log.contains("closure"), "\(log)")
        let outcome = try run.finish()
        #expect(outcome.exitCode == 0)
        #expect(outcome.invocations.count == 2)
        #expect(outcome.lines.contains("closure 1 ends"), "\(outcome)")
    }

    @Test(.enabled(if: AWSCommandLine.isInstalled, "the AWS CLI is not installed"))
    func `The AWS CLI has the response while closures still run`() throws {
        let run = try SandboxRun(.testFunction())
        let cli = try AWSCommandLine(at: Caller(of: run).url)
        #expect(try cli.invoke("{}", "--invocation-type", "DryRun").contains("204"))
        #expect(try cli.invoke(#"{"do":"echo"}"#, "--invocation-type", "Event").contains("202"))
        try run.wait(forLine: "REPORT ")
        // Whoever wants the log has to wait for its end.
        let told = try cli.invoke(#"{"do":"echo"}"#, "--log-type", "Tail")
        let log = try #require(
            told.firstMatch(of: /"LogResult": "([^"]*)"/).flatMap { Data(base64Encoded: String($0.1)) })
        #expect(String(decoding: log, as: UTF8.self).contains("REPORT "), "\(told)")
        let answer = try cli.invoke(#"{"do":"closures","ms":60000}"#)
        #expect(answer.contains(#""StatusCode": 200"#), "\(answer)")
        #expect(answer.contains(#""ExecutedVersion": "$LATEST""#), "\(answer)")
        #expect(cli.response == #"{"do":"closures","ms":60000}"#)

        try run.wait(forLine: "closure 1 begins")
        #expect(!run.lines.contains("closure 1 ends"))
        run.terminate()
        let outcome = try run.finish()
        #expect(!outcome.lines.contains("closure 1 ends"), "\(outcome)")
        #expect(outcome.stops.map(\.clean) == [true], "\(outcome)")
    }
}
