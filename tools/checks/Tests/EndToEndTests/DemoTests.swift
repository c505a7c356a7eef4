import Testing

/// Tests `tools/demo`.
@Suite(.serialized) struct DemoTests {
    private let event = #"{"order": "7f3c2a"}"#

    /// The lines of an invocation, up to its report.
    private var invocation: [String] {
        [
            "START", event, "RESPONSE", "second on stack", "second on complete", "first on stack", "END", "REPORT",
        ]
    }

    @Test func `Closures run after the response, then the shutdown's`() throws {
        let outcome = try SandboxRun.finished(.closures(), event: event)
        #expect(
            outcome.outline == ["INIT_START", "EXTENSION"] + invocation + ["bye y'all!", "SHUTDOWN"], "\(outcome)")
        #expect(outcome.exitCode == 0)
        #expect(outcome.releases.map(\.reason) == ["done"])
        #expect(outcome.invocations.map(\.response) == [#"{"message":"closures run after this response"}"#])
        #expect(outcome.invocations.allSatisfy { $0.holdUs ?? 0 >= 3_000_000 }, "\(outcome)")
    }

    @Test func `Later invocations are warm, and there is one shutdown`() throws {
        let outcome = try SandboxRun.finished(.closures(), event: event, invocations: 3)
        #expect(
            outcome.outline == ["INIT_START", "EXTENSION"] + invocation + invocation + invocation
                + ["bye y'all!", "SHUTDOWN"], "\(outcome)")
        #expect(outcome.exitCode == 0)
        #expect(outcome.invocations.map(\.cold) == [true, false, false])
        #expect(outcome.lines.count { $0.contains("Init Duration: ") } == 1, "\(outcome)")
        #expect(outcome.inits.count == 1)
        #expect(outcome.stops.map(\.kind) == ["shutdown"])
        #expect(outcome.stops.map(\.clean) == [true])
    }
}
