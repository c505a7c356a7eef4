import Processes
import Testing

/// The examples of `layer/examples`, as a reader would run them; `closures` has its tests in ``DemoTests``.
struct ExampleTests {
    @Test func `The main job needs no layer`() throws {
        let outcome = try SandboxRun.finished(.closures(), event: "{}", hasExtension: false)
        #expect(
            outcome.outline == [
                "INIT_START", "EXTENSION", "START", "{}", "RESPONSE", "second on stack", "second on complete",
                "first on stack", "END", "REPORT", "bye y'all!", "SHUTDOWN",
            ], "\(outcome)")
        #expect(outcome.exitCode == 0, "\(outcome)")
    }

    @Test func `A function without a layer holds itself open`() throws {
        let outcome = try SandboxRun.finished(.noLayer(), event: "{}", hasExtension: false)
        let after = try #require(outcome.lines.firstIndex { $0.contains("a second after the response") })
        let end = try #require(outcome.lines.firstIndex { $0.contains("END RequestId:") })
        #expect(after < end, "\(outcome)")
        #expect(outcome.lines.contains("mode inProcess"))
        #expect(outcome.exitCode == 0, "\(outcome)")
    }

    @Test func `Shutdown closures run last in, first out`() throws {
        let outcome = try SandboxRun.finished(.shutdown(), event: "{}", invocations: 3)
        #expect(
            outcome.outline.suffix(4) == ["shutting down", "3 events", "connections closed", "SHUTDOWN"], "\(outcome)")
        #expect(outcome.exitCode == 0, "\(outcome)")
    }

    @Test(.enabled(if: findProgram("python3") != nil, "python3 is not installed"))
    func `A Python function speaks the whole protocol`() throws {
        let outcome = try SandboxRun.finished(.pythonExample(), event: "{}", invocations: 3)
        #expect(outcome.exitCode == 0, "\(outcome)")
        #expect(outcome.lines.filter { $0.hasPrefix("after the response of ") }.count == 3)
        #expect(outcome.releases.map(\.reason) == ["done", "done", "done"], "\(outcome)")
        #expect(outcome.invocations.map(\.response) == [#"{"size":2}"#, #"{"size":2}"#, #"{"size":2}"#])
    }
}
