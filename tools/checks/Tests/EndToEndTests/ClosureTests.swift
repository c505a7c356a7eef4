import Testing

/// Tests what becomes of closures, and of the invocation that is held for them.
struct ClosureTests {
    @Test func `A closure that throws does not stop the others`() throws {
        let outcome = try SandboxRun.finished(.testFunction(), event: #"{"do":"closure-throw","text":"no luck"}"#)
        #expect(outcome.exitCode == 0)
        #expect(outcome.holdsEnded(by: ["done"]), "\(outcome)")
        #expect(outcome.lines.contains("closure after the failure"), "\(outcome)")
        #expect(outcome.lines.contains { $0.contains("Behavior.swift:") && $0.contains("no luck") }, "\(outcome)")
    }

    @Test func `A closure that a closure leaves runs in the same invocation`() throws {
        let outcome = try SandboxRun.finished(.testFunction(), event: #"{"do":"nested"}"#, invocations: 2)
        let invocation = ["START", "handler nested", "RESPONSE", "outer closure", "inner closure", "END", "REPORT"]
        #expect(
            outcome.outline == ["INIT_START", "EXTENSION"] + invocation + invocation
                + ["shutdown, registered last", "shutdown, registered first", "SHUTDOWN"], "\(outcome)")
        #expect(outcome.holdsEnded(by: ["done", "done"]), "\(outcome)")
    }

    @Test func `A closure that outlasts its invocation goes on in the next, which is held for it`() throws {
        let run = try SandboxRun(.testFunction(), invocations: 3, environment: SandboxRun.letGoAfter5Seconds)
        let caller = try Caller(of: run)
        // It ends in the middle of the second hold.
        #expect(try caller.invoke(#"{"do":"closure-stubborn","ms":7500}"#).status == 200)
        #expect(try caller.invoke(#"{"do":"echo","text":"second"}"#).body == #"{"do":"echo","text":"second"}"#)
        #expect(try caller.invoke(#"{"do":"closures"}"#).status == 200)
        let outcome = try run.finish()

        #expect(outcome.exitCode == 0)
        let ids = outcome.invocations.map { $0.requestId ?? "" }
        #expect(
            outcome.releases.prefix(2).map { "\(ids.firstIndex(of: $0.requestID) ?? -1) \($0.reason)" }
                == ["0 deadline", "1 done"], "\(outcome)")
        #expect(outcome.holdsEnded(by: ["deadline", "done", "done"]), "\(outcome)")
        #expect(
            outcome.outline == [
                "INIT_START", "EXTENSION",
                "START", "handler closure-stubborn", "RESPONSE", "stubborn closure begins", "END", "REPORT",
                "START", "handler echo", "RESPONSE", "stubborn closure ends", "END", "REPORT",
                "START", "handler closures", "RESPONSE", "closure 1 begins", "closure 1 ends", "END", "REPORT",
                "shutdown, registered last", "shutdown, registered first", "SHUTDOWN",
            ], "\(outcome)")
        // Let go in time: Lambda never came to end it.
        #expect(outcome.invocations.map(\.status) == ["success", "success", "success"])
    }

    @Test func `Shutdown closures run also while a closure does`() throws {
        let run = try SandboxRun(.testFunction())
        let caller = try Caller(of: run)
        try caller.invoke(#"{"do":"closures","ms":60000}"#)
        try run.wait(forLine: "closure 1 begins")
        run.terminate()
        let outcome = try run.finish()
        #expect(outcome.lines.contains("shutdown, registered last"), "\(outcome)")
        #expect(outcome.lines.contains("shutdown, registered first"), "\(outcome)")
        #expect(!outcome.lines.contains("closure 1 ends"), "\(outcome)")
        #expect(outcome.stops.map(\.clean) == [true], "\(outcome)")
    }

    @Test func `An invocation without closures is not lengthened`() throws {
        /// The shortest that one took: a busy machine lengthens some, and shortens none.
        func shortest(of count: Int, _ event: String) throws -> Int {
            let outcome = try SandboxRun.finished(.testFunction(), event: event, invocations: count)
            #expect(outcome.exitCode == 0, "\(outcome)")
            return try #require(outcome.invocations.compactMap(\.durationUs).min(), "\(outcome)")
        }
        let without = try shortest(of: 30, #"{"do":"echo"}"#)
        let with = try shortest(of: 2, #"{"do":"closures","ms":400}"#)
        #expect(with >= 400_000)
        #expect(without * 4 < with)
    }
}
