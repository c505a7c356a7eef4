import PostInvoke
import Testing

@Suite struct LedgerTests {
    @Test func releasesAnInvocationWhenItsShareEnds() {
        var ledger = Ledger()
        ledger.begin("a")
        #expect(ledger.close() == "a")
        ledger.begin("b")
        #expect(ledger.close() == "b")
    }

    @Test func spilledWorkKeepsTheNextInvocationHeld() {
        var ledger = Ledger()
        ledger.begin("a")
        ledger.begin("b")
        #expect(ledger.close() == nil, "b is over, a goes on")
        #expect(ledger.close() == "b", "a lost its hold long ago")
    }

    @Test func spilledWorkThatEndsFirstReleasesNothing() {
        var ledger = Ledger()
        ledger.begin("a")
        ledger.begin("b")
        #expect(ledger.close() == nil, "a is over, b goes on")
        #expect(ledger.close() == "b")
    }

    @Test func lateWorkIsKeptButReleasesNothingTwice() {
        var ledger = Ledger()
        ledger.begin("a")
        #expect(ledger.close() == "a")
        ledger.reopen()
        ledger.begin("b")
        #expect(ledger.close() == nil)
        #expect(ledger.close() == "b")
        ledger.reopen()
        #expect(ledger.close() == nil)
    }
}
