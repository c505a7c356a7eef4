import LambdaRuntime
import Testing

@Suite struct BackoffTests {
    @Test func pausesDoubleUpToALimit() {
        var backoff = Backoff()
        let pauses = (0..<10).map { _ in backoff.next() / .milliseconds(1) }
        #expect(pauses == [50, 100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000, 5_000])
    }
}

@Suite struct TroublesTests {
    private let error = RuntimeError(
        call: .next, fault: .refused(status: 500, errorType: Array("Runtime.Odd".utf8), message: []))

    @Test func aSpellIsToldWhenItBeginsAndWhenItEnds() {
        var lines: [String] = []
        let troubles = Troubles(workers: 3) { _, line in lines.append(line) }
        for _ in 0..<2 {
            lines = []
            troubles.failed(error, isFirst: true)
            troubles.failed(error, isFirst: false)
            troubles.failed(error, isFirst: true)
            #expect(
                lines == [
                    "Runtime API invocation/next answered 500 Runtime.Odd; "
                        + "a worker pauses and asks again, the others of 3 go on"
                ])
            troubles.recovered()
            #expect(lines.count == 1, "one is still in trouble")
            troubles.recovered()
            #expect(lines.last == "all 3 workers are served again, after 3 failed calls")
            #expect(lines.count == 2)
        }
    }
}
