import Testing

/// Functions without the layer: they hold the invocation themselves, unless they insist on it.
struct NoLayerTests {
    private let farewell = ["shutdown, registered last", "shutdown, registered first", "SHUTDOWN"]

    @Test func `The function holds its invocations itself`() throws {
        let outcome = try SandboxRun.finished(
            .testFunction(), event: #"{"do":"closures","count":2,"ms":20}"#, invocations: 3, hasExtension: false)
        let invocation = [
            "START", "handler closures", "RESPONSE", "closure 2 begins", "closure 2 ends", "closure 1 begins",
            "closure 1 ends", "END", "REPORT",
        ]
        #expect(
            outcome.outline == ["INIT_START", "EXTENSION"] + invocation + invocation + invocation + farewell,
            "\(outcome)")
        #expect(outcome.exitCode == 0)
        #expect(outcome.invocations.map(\.cold) == [true, false, false])
        #expect(outcome.stops.map(\.clean) == [true])
    }

    @Test func `A closure that outlasts its invocation goes on in the next`() throws {
        let run = try SandboxRun(
            .testFunction(), invocations: 2, hasExtension: false, environment: SandboxRun.letGoAfter5Seconds)
        let caller = try Caller(of: run)
        #expect(try caller.invoke(#"{"do":"closure-stubborn","ms":7500}"#).status == 200)
        #expect(try caller.invoke(#"{"do":"echo"}"#).body == #"{"do":"echo"}"#)
        let outcome = try run.finish()
        #expect(outcome.exitCode == 0)
        #expect(
            outcome.outline == [
                "INIT_START", "EXTENSION",
                "START", "handler closure-stubborn", "RESPONSE", "stubborn closure begins", "END", "REPORT",
                "START", "handler echo", "RESPONSE", "stubborn closure ends", "END", "REPORT",
            ] + farewell, "\(outcome)")
        #expect(outcome.invocations.map(\.status) == ["success", "success"])
    }

    @Test func `A function that dies in a closure hangs nothing`() throws {
        let event = #"{"do":"closure-kill","ms":20}"#
        let outcome = try SandboxRun.finished(.testFunction(), event: event, invocations: 2, hasExtension: false)
        // Its hold died with it, so the invocation cannot have ended before.
        #expect(outcome.invocations.map(\.response) == [event, event], "\(outcome)")
        #expect(outcome.invocations.map(\.status) == ["failure", "failure"])
        #expect(outcome.invocations.map(\.errorType) == ["Runtime.ExitError", "Runtime.ExitError"])
        #expect(outcome.invocations.map(\.cold) == [true, true])
        #expect(outcome.exitCode == 1)
    }

    @Test func `A function that insists on the layer says what it lacks`() throws {
        let outcome = try SandboxRun.finished(
            .testFunction(), event: "{}", hasExtension: false, environment: ["TEST_FUNCTION_MODE": "layer"])
        #expect(outcome.exitCode == 1)
        let remedy = "unable to connect to the extension at 127."
        #expect(outcome.lines.contains { $0.contains(remedy) && $0.contains("did you forget") }, "\(outcome)")
        #expect(outcome.inits.map(\.status) == ["failure", "failure"])
        #expect(outcome.inits.map(\.phase) == ["init", "invoke"])
        #expect(outcome.invocations.map(\.errorType) == ["Runtime.Unknown"])
        #expect(outcome.invocations.first?.response?.contains(remedy) == true)
    }
}
