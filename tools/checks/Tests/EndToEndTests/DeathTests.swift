import Foundation
import Testing

/// Processes that die while an invocation is held.
struct DeathTests {
    /// It is a race whether the function's death is noticed while the invocation is still held or only at the next one,
    /// which Lambda has, too. In the one case the invocation fails behind its good response, in the other the next one
    /// fails.
    @Test(arguments: [
        #"{"do":"closure-kill","ms":20}"#, #"{"do":"closure-exit","ms":20,"count":3}"#,
    ])
    func `A function that dies in a closure hangs nothing`(event: String) throws {
        let outcome = try SandboxRun.finished(.testFunction(), event: event, invocations: 4)
        let invocations = outcome.invocations
        try #require(invocations.count == 4, "\(outcome)")
        #expect(outcome.exitCode == 1)
        #expect(invocations[0].response == event)
        for (before, after) in zip(invocations, invocations.dropFirst()) {
            if before.status == "failure" {
                // A fresh start, and its response is good whatever happens later.
                #expect(after.cold == true, "\(outcome)")
                #expect(after.response == event, "\(outcome)")
            } else {
                #expect(after.status == "failure", "\(outcome)")
                #expect(after.errorType == "Runtime.ExitError", "\(outcome)")
            }
        }
        // Each good response was followed by a hold, which ended with the function, not at the deadline.
        #expect(outcome.releases.map(\.reason) == invocations.filter { $0.response == event }.map { _ in "session" })
        #expect(outcome.inits.allSatisfy { $0.status == "success" })
        #expect(outcome.stops.allSatisfy { $0.clean == true }, "\(outcome)")
    }

    @Test func `An extension that dies in a hold fails the invocation behind its response`() throws {
        let run = try SandboxRun(.testFunction(), invocations: 2)
        let caller = try Caller(of: run)
        #expect(try caller.invoke(#"{"do":"closures","ms":60000}"#).status == 200)
        try run.wait(forLine: "closure 1 begins")
        kill(pid_t(try caller.statusInHold().pid), SIGKILL)

        #expect(try caller.invoke(#"{"do":"closures"}"#).body == #"{"do":"closures"}"#)
        let outcome = try run.finish()
        #expect(outcome.exitCode == 1)
        #expect(outcome.invocations.map(\.status) == ["failure", "success"], "\(outcome)")
        #expect(outcome.invocations.map(\.errorType) == ["Extension.Crash", nil])
        #expect(outcome.invocations.map(\.cold) == [true, true])
        #expect(outcome.stops.map(\.kind) == ["reset", "shutdown"])
        #expect(outcome.holdsEnded(by: ["done"]), "\(outcome)")
        // The function was asked to end, both times.
        #expect(outcome.lines.count { $0 == "shutdown, registered first" } == 2, "\(outcome)")
    }
}
