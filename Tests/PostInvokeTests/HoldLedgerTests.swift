import PostInvoke
import ServiceFakes
import Testing

@Suite struct HoldLedgerTests {
    private let released = Log<String>()
    private let ledger: HoldLedger

    init() {
        let released = released
        ledger = HoldLedger { released.append($0) }
    }

    @Test func releasesAnInvocationWhenItsShareIsClosed() {
        ledger.begin("a").close()
        #expect(released.all == ["a"])
        ledger.begin("b").close()
        #expect(released.all == ["a", "b"])
    }

    @Test func spilledWorkKeepsTheNextInvocationHeld() {
        let a = ledger.begin("a")
        ledger.begin("b").close()
        #expect(released.all == [], "b is over, a goes on")
        a.close()
        #expect(released.all == ["b"], "a lost its hold long ago")
    }

    @Test func spilledWorkThatEndsFirstReleasesNothing() {
        let a = ledger.begin("a")
        let b = ledger.begin("b")
        a.close()
        #expect(released.all == [], "a is over, b goes on")
        b.close()
        #expect(released.all == ["b"])
    }

    @Test func lateWorkIsKeptButReleasesNothingTwice() {
        ledger.begin("a").close()
        let late = ledger.reopen()
        let b = ledger.begin("b")
        late.close()
        #expect(released.all == ["a"])
        b.close()
        #expect(released.all == ["a", "b"])
        ledger.reopen().close()
        #expect(released.all == ["a", "b"])
    }
}
