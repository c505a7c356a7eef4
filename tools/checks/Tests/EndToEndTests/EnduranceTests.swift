import Randomness
import Testing

/// Many invocations in a row, of which none is let go too early, too late or for another one's work.
struct EnduranceTests {
    @Test(arguments: [UInt64.random(in: 0...UInt64.max)])
    func `Two hundred invocations lose no release and see no false one`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let run = try SandboxRun(.testFunction(), invocations: 201)
        let caller = try Caller(of: run)
        var expected: [String] = []
        /// Invocations of which the end was not waited for yet.
        var running = 0
        for _ in 0..<200 {
            let count = Int.random(in: 0...3, using: &random)
            let milliseconds = Int.random(in: 0...12, using: &random)
            let event = #"{"do":"\#(count == 0 ? "echo" : "closures")","count":\#(count),"ms":\#(milliseconds)}"#
            #expect(try caller.invoke(event).body == event)
            running += 1
            // Frozen and thawed in between, or begun as soon as the one before has ended.
            if Bool.random(using: &random) {
                for _ in 0..<running { try run.wait(forLine: "REPORT ") }
                running = 0
            }
            expected += ["START", count == 0 ? "handler echo" : "handler closures", "RESPONSE"]
            for number in (0..<count).reversed() {
                expected += ["closure \(number + 1) begins", "closure \(number + 1) ends"]
            }
            expected += ["END", "REPORT"]
        }
        // Asked while the last one is held, since the extension is frozen in between.
        try caller.invoke(#"{"do":"closures","ms":60000}"#)
        // By then the one before has been let go.
        try run.wait(forLine: "closure 1 begins")
        let status = try caller.statusInHold()
        run.terminate()
        let outcome = try run.finish()

        #expect(status.releases.done + status.early == 200)
        #expect(status.releases == .init(done: 200 - status.early, session: 0, deadline: 0, budget: 0, passThrough: 0))
        #expect(status.holds == status.releases.done + 1)
        #expect(status.stale == 0)
        #expect(status.refused == 0)
        // One for each, in order, by its own id.
        let ids = outcome.invocations.map { $0.requestId ?? "" }
        let released = outcome.releases.filter { $0.reason == "done" }.map(\.requestID)
        #expect(released.count == status.releases.done)
        #expect(ids.filter(Set(released).contains) == released)
        // No closure ran after the end of its invocation, and none was left out.
        let begin = try #require(outcome.outline.firstIndex(of: "START"))
        #expect(Array(outcome.outline[begin...].prefix(expected.count)) == expected)
    }
}
