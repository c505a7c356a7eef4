import Processes
import Testing

/// A function in another language, which knows nothing but `/check` and `/done`.
struct PythonTests {
    @Test(.enabled(if: findProgram("python3") != nil, "python3 is not installed"))
    func `Work of a Python function goes on after its response`() throws {
        let outcome = try SandboxRun.finished(.pythonFunction(), event: #"{"n": 1}"#, invocations: 3)
        let invocation = ["START", "handler {'n': 1}", "RESPONSE", "work begins", "work ends", "END", "REPORT"]
        #expect(
            outcome.outline == ["INIT_START", "EXTENSION"] + invocation + invocation + invocation + ["SHUTDOWN"],
            "\(outcome)")
        #expect(outcome.exitCode == 0, "\(outcome)")
        #expect(outcome.releases.map(\.reason) == ["done", "done", "done"])
        #expect(outcome.invocations.map(\.response) == [#"{"n": 1}"#, #"{"n": 1}"#, #"{"n": 1}"#])
    }
}
