import Glibc
import Sandbox
import Testing

@Suite struct AnswerFaultTests {
    @Test(arguments: [
        ("next:403", AnswerFault(.next, .status(403))), ("response:never@1", AnswerFault(.response, .never)),
        ("event-next:reset@12", AnswerFault(.eventNext, .reset, occurrence: 12)),
        ("register:500@*", AnswerFault(.register, .status(500), occurrence: nil)),
        ("exit-error:garbage", AnswerFault(.exitError, .garbage)),
        ("telemetry:truncated@2", AnswerFault(.telemetry, .truncated, occurrence: 2)),
    ])
    func areReadAndWritten(text: String, fault: AnswerFault) {
        #expect(AnswerFault(text) == fault)
        #expect(AnswerFault(fault.description) == fault)
    }

    @Test(arguments: [
        "", "next", "next:", ":403", "next:200", "next:600", "next:+403@", "next:never@0", "next:never@-1",
        "next:never@x",
        "NEXT:never", "next:never:1", "next:never@1@2", "@1",
    ])
    func whatIsNoneIsRefused(text: String) { #expect(AnswerFault(text) == nil) }

    @Test func occurrencesAreCountedByCall() {
        var counter = FaultCounter([
            AnswerFault(.next, .never, occurrence: 2), AnswerFault(.response, .reset, occurrence: nil),
        ])
        #expect(counter.take(.next) == nil)
        #expect(counter.take(.response)?.kind == .reset)
        #expect(counter.take(.register) == nil)
        #expect(counter.take(.next)?.kind == .never)
        #expect(counter.take(.next) == nil)
        #expect(counter.take(.response)?.kind == .reset)
    }

    /// On the wire, as a client of the Extensions API sees it.
    @Test(arguments: ["403", "500", "never", "garbage", "truncated", "reset"])
    func anExtensionThatCannotRegisterIsStartedAnew(answer: String) throws {
        let fault = try #require(AnswerFault("register:\(answer)"))
        let stage = try Stage { $0.faults = [fault] }
        if fault.kind == .never {
            // It waits in vain. That the clock ends such a start is in SandboxCoreTests; here its death does.
            stage.sandbox.start()
            try stage.run("the fault") { stage.place(of: "FAULT") != nil }
            kill(try #require(stage.sandbox.processNumbers["watcher0"]), SIGKILL)
        }
        let (outcome, report) = try stage.invoke(#"[["respond",1]]"#)
        #expect(Stage.body(outcome) == "1")
        #expect(report.wasReinitialized)
        #expect(stage.lines.contains("FAULT\tCall: register\tAnswer: \(answer)"))
        #expect(stage.lines.contains { $0.hasPrefix("INIT_REPORT") })
        #expect(try stage.shutdown().isClean)
    }
}
