import Testing

/// What becomes of closures, and of the invocation that is held for them.
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
        let run = try SandboxRun(.testFunction(), invocations: 3, timeout: 1)
        let caller = try Caller(of: run)
        #expect(try caller.invoke(#"{"do":"closure-stubborn","ms":1200}"#).status == 200)
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
                "lambda-sandbox: Invoke API at \(caller.url)", "INIT_START", "EXTENSION",
                "START", "handler closure-stubborn", "RESPONSE", "stubborn closure begins", "END", "REPORT",
                "START", "handler echo", "RESPONSE", "stubborn closure ends", "END", "REPORT",
                "START", "handler closures", "RESPONSE", "closure 1 begins", "closure 1 ends", "END", "REPORT",
                "shutdown, registered last", "shutdown, registered first", "SHUTDOWN",
            ], "\(outcome)")
        // Let go in time: Lambda never came to end it.
        #expect(outcome.invocations.map(\.status) == ["success", "success", "success"])
        #expect(try #require(outcome.invocations[0].durationUs) < 1_000_000)
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
        func median(_ event: String) throws -> Int {
            let outcome = try SandboxRun.finished(.testFunction(), event: event, invocations: 15)
            #expect(outcome.exitCode == 0, "\(outcome)")
            let times = outcome.invocations.compactMap(\.postRuntimeExtensionsUs).sorted()
            try #require(times.count == 15, "\(outcome)")
            return times[7]
        }
        let without = try median(#"{"do":"echo"}"#)
        let with = try median(#"{"do":"closures","ms":40}"#)
        #expect(with >= 20_000)
        #expect(without * 4 < with)
    }
}
