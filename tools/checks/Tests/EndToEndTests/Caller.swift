import Foundation
import ToolsTestSupport

/// Calls the function over the Invoke API of a sandbox, and asks the extension how it is.
struct Caller {
    private let run: SandboxRun
    private let port: UInt16

    /// Waits until the sandbox offers its API.
    init(of run: SandboxRun) throws {
        self.run = run
        let line = try run.wait(forLine: "lambda-sandbox: Invoke API at ")
        guard let port = line.split(separator: ":").last.flatMap({ UInt16($0) }) else { throw TestFailure(line) }
        self.port = port
    }

    /// The API's address.
    var url: String { "http://127.0.0.1:\(port)" }

    /// Invokes the function, again and again while it is at work on another invocation, as AWS's clients do; returns the
    /// answer that its caller gets.
    @discardableResult
    func invoke(_ event: String, type: String = "RequestResponse", wantsTail: Bool = false) throws -> HTTPExchange {
        var fields = ["X-Amz-Invocation-Type": type]
        if wantsTail { fields["X-Amz-Log-Type"] = "Tail" }
        while true {
            let answer = try HTTPExchange(
                "POST", "/2015-03-31/functions/f/invocations", host: "127.0.0.1", port: port, fields: fields,
                body: event)
            guard answer.status == 429 else { return answer }
            usleep(5_000)
        }
    }

    /// Returns the extension's status while it holds an invocation; otherwise it may be frozen.
    func statusInHold() throws -> Status {
        let deadline = ContinuousClock.now + RunningProgram.patience
        while ContinuousClock.now < deadline {
            let answer = try HTTPExchange("GET", "/status", host: run.address.host, port: run.address.port)
            let status = try JSONDecoder().decode(Status.self, from: Data(answer.body.utf8))
            // The function may have the event before the extension has.
            if status.state == "holding" { return status }
        }
        throw TestFailure("the extension does not hold the invocation")
    }
}
