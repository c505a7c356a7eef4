import Foundation
import Processes
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

    @Test(.enabled(if: findProgram("aws") != nil, "the AWS CLI is not installed"))
    func `The AWS CLI has the response while closures still run`() throws {
        let run = try SandboxRun(.testFunction())
        let cli = try CommandLineInterface(for: Caller(of: run))
        #expect(try cli.invoke("{}", "--invocation-type", "DryRun").contains("204"))
        #expect(try cli.invoke(#"{"do":"echo"}"#, "--invocation-type", "Event").contains("202"))
        try run.wait(forLine: "REPORT ")
        let answer = try cli.invoke(#"{"do":"closures","ms":60000}"#, "--log-type", "Tail")
        #expect(answer.contains(#""StatusCode": 200"#), "\(answer)")
        #expect(answer.contains(#""ExecutedVersion": "$LATEST""#), "\(answer)")
        #expect(answer.contains("LogResult"), "\(answer)")
        #expect(try cli.response() == #"{"do":"closures","ms":60000}"#)

        try run.wait(forLine: "closure 1 begins")
        #expect(!run.lines.contains("closure 1 ends"))
        run.terminate()
        let outcome = try run.finish()
        #expect(!outcome.lines.contains("closure 1 ends"), "\(outcome)")
        #expect(outcome.stops.map(\.clean) == [true], "\(outcome)")
    }
}

/// `aws lambda invoke` with credentials that are made up.
private final class CommandLineInterface {
    private let caller: Caller
    private let folder: URL

    init(for caller: Caller) throws {
        self.caller = caller
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("postinvoke-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    /// Invokes the function; returns what the command printed.
    func invoke(_ event: String, _ options: String...) throws -> String {
        let file = folder.appendingPathComponent("event.json")
        try Data(event.utf8).write(to: file)
        let command = try RunningProgram(
            [
                try #require(findProgram("aws")), "lambda", "invoke", "--endpoint-url", caller.url,
                "--function-name", "f", "--payload", "fileb://\(file.path)", "--output", "json",
            ] + options + [folder.appendingPathComponent("out.json").path],
            environment: [
                "AWS_ACCESS_KEY_ID": "none", "AWS_SECRET_ACCESS_KEY": "none", "AWS_DEFAULT_REGION": "us-east-1",
                "AWS_CONFIG_FILE": "/dev/null", "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
                "AWS_EC2_METADATA_DISABLED": "true", "AWS_PAGER": "", "NO_PROXY": "127.0.0.1",
            ])
        #expect(try command.waitForEnd() == 0, "\(command.transcript)")
        return command.transcript
    }

    /// The function's answer.
    func response() throws -> String {
        try String(contentsOf: folder.appendingPathComponent("out.json"), encoding: .utf8)
    }
}
