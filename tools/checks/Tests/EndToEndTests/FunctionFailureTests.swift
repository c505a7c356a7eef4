import Testing

/// Functions that fail, each in its way, and one that does without the SDK.
struct FunctionFailureTests {
    @Test func `What a handler throws goes to the caller`() throws {
        let outcome = try SandboxRun.finished(
            .testFunction(), event: #"{"do":"throw","text":"no luck"}"#, invocations: 2)
        #expect(outcome.exitCode == 1)
        #expect(outcome.invocations.map(\.status) == ["error", "error"], "\(outcome)")
        #expect(outcome.invocations.map(\.errorType) == ["TestError", "TestError"])
        #expect(outcome.invocations.allSatisfy { $0.response?.contains("no luck") == true })
        #expect(outcome.invocations.map(\.cold) == [true, false])
        #expect(outcome.stops.map(\.kind) == ["shutdown"])
        #expect(!outcome.releases.contains { $0.reason != "done" }, "\(outcome)")
    }

    @Test func `Closures run after a handler that threw, too`() throws {
        let outcome = try SandboxRun.finished(
            .testFunction(), event: #"{"do":"throw-with-closure","text":"no luck"}"#, invocations: 2)
        #expect(outcome.exitCode == 1)
        #expect(outcome.invocations.map(\.errorType) == ["TestError", "TestError"], "\(outcome)")
        #expect(outcome.holdsEnded(by: ["done", "done"]), "\(outcome)")
        let order = outcome.outline.filter { ["RESPONSE", "closure after an error", "END"].contains($0) }
        #expect(
            order == [
                "RESPONSE", "closure after an error", "END", "RESPONSE", "closure after an error", "END",
            ], "\(outcome)")
    }

    @Test func `A handler that exceeds the timeout is ended, and the next invocation starts anew`() throws {
        // The hold ends, and the second invocation begins anew, with seconds to spare.
        let run = try SandboxRun(
            .testFunction(), invocations: 2, timeout: 8, environment: ["POSTINVOKE_DEADLINE_MARGIN_MS": "4000"])
        let caller = try Caller(of: run)
        let answer = try caller.invoke(#"{"do":"sleep","ms":60000}"#)
        #expect(answer.field("X-Amz-Function-Error") == "Unhandled")
        #expect(answer.body.contains("Task timed out after 8.00 seconds"))
        #expect(try caller.invoke(#"{"do":"closures"}"#).body == #"{"do":"closures"}"#)
        let outcome = try run.finish()

        #expect(outcome.exitCode == 1)
        #expect(outcome.lines.contains { $0.hasSuffix("Task timed out after 8.00 seconds") }, "\(outcome)")
        #expect(outcome.invocations.map(\.status) == ["timeout", "success"])
        #expect(outcome.invocations.map(\.cold) == [true, true])
        #expect(outcome.stops.map(\.kind) == ["reset", "shutdown"])
        #expect(outcome.stops.map(\.reason) == ["timeout", "spindown"])
        #expect(outcome.stops.map(\.clean) == [true, true], "\(outcome)")
        // The share of its time that the second one needs for the start is not judged.
        #expect(outcome.releases.first?.reason == "deadline", "\(outcome)")
    }

    @Test func `A handler that exits fails its invocation alone`() throws {
        let run = try SandboxRun(.testFunction(), invocations: 2)
        let caller = try Caller(of: run)
        #expect(try caller.invoke(#"{"do":"exit","count":3}"#).body.contains("exit status 3"))
        #expect(try caller.invoke(#"{"do":"closures"}"#).body == #"{"do":"closures"}"#)
        let outcome = try run.finish()
        #expect(outcome.invocations.map(\.errorType) == ["Runtime.ExitError", nil], "\(outcome)")
        #expect(outcome.invocations.map(\.cold) == [true, true])
        #expect(outcome.stops.map(\.kind) == ["reset", "shutdown"])
        #expect(outcome.exitCode == 1)
    }

    @Test func `A function without the SDK is never held`() throws {
        let run = try SandboxRun(.testFunction(), invocations: 3, environment: ["TEST_FUNCTION": "plain"])
        let caller = try Caller(of: run)
        for number in 1...3 { #expect(try caller.invoke("\(number)").body == "\(number)") }
        let outcome = try run.finish()
        #expect(outcome.exitCode == 0)
        #expect(outcome.releases == [], "\(outcome)")
        #expect(outcome.invocations.map(\.status) == ["success", "success", "success"])
        #expect(outcome.stops.map(\.clean) == [true])
    }

    @Test func `A function that cannot start is tried again with the invocation`() throws {
        let outcome = try SandboxRun.finished(
            .testFunction(), event: "{}", environment: ["TEST_FUNCTION": "init-error"])
        #expect(outcome.exitCode == 1)
        #expect(outcome.inits.map(\.status) == ["failure", "failure"], "\(outcome)")
        #expect(outcome.invocations.map(\.errorType) == ["Runtime.Unknown"])
        #expect(outcome.invocations.first?.response?.contains("TestError") == true)
        #expect(outcome.invocations.first?.response?.contains("cannot start") == true)
        #expect(outcome.stops.allSatisfy { $0.clean == true }, "\(outcome)")
    }
}
