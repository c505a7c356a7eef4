import SoakCore
import Testing

private let kill = Cause.killed(.extension, .kill, .serving)

/// The books where invocations overlap: 2 and 3 are a pair, 1's closures outlast it.
@Suite struct ConcurrentLedgerTests {
    /// Both have their answers, and nothing has run yet.
    private static func pair(_ works: [PlannedClosure.Work], _ others: [PlannedClosure.Work]) -> [Entry] {
        [.open(2, works), .open(3, others), .expect(2), .end(2), .expect(3), .end(3)]
    }

    @Test(
        arguments: [
            // After the end, in between those of another one, each in its own turn.
            (
                pair([.plain, .plain], [.nest]) + [
                    .begun(3, 0), .ran(2, 1), .ended(3, 0), .begun(3, 100), .begun(2, 0), .ended(3, 100), .ended(2, 0),
                    .passDeadline(2), .passDeadline(3), .endInOrder,
                ], 4, 0, 0
            ),
            // Two that wait for each other.
            (
                pair([.meet], [.plain, .meet]) + [.begun(2, 0), .ran(3, 1), .ended(2, 0), .ran(3, 0), .endInOrder], 3,
                0, 0
            ),
            // One that waits for whom nobody has asked for yet, or who is never answered.
            (
                [
                    .answered(2, [.meet]), .end(2), .begun(2, 0), .cancelled(2, 0), .answered(3, [.meet]), .end(3),
                    .begun(3, 0), .cancelled(3, 0), .passDeadline(3), .endInOrder,
                ], 2, 0, 0
            ),
            (
                [
                    .open(2, [.meet]), .open(3, [.meet]), .expect(2), .end(2), .begun(2, 0), .end(3),
                    .cancelled(2, 0), .begun(3, 0), .cancelled(3, 0), .endInOrder,
                ], 1, 0, 1
            ),
            // Late, its answer refused: what it left runs all the same.
            (
                [
                    .open(1, [.plain]), .end(1), .answered(2, [.plain]), .end(2), .begun(1, 0), .ran(2, 0),
                    .ended(1, 0), .endInOrder,
                ], 1, 0, 1
            ),
            // A handler that never came back.
            ([.open(1, []), .end(1), .open(2, [.plain, .plain]), .end(2), .begun(2, 1), .endInOrder], 0, 0, 0),
            // At SIGTERM only what goes on beyond its deadline stays behind, and who waits for nobody.
            (
                [
                    .answered(1, [.plain, .spill]), .end(1), .begun(1, 1), .answered(2, [.meet]), .end(2), .begun(2, 0),
                    .attribute(.termination), .endInOrder,
                ], 0, 3, 0
            ),
            // A process that was killed has had no time.
            (pair([.plain], [.plain]) + [.begun(2, 0), .attribute(kill), .endEnvironment], 0, 2, 0),
            // Whoever was killed may be waited for in vain, until that is found out.
            (
                pair([.meet], [.meet]) + [.begun(2, 0), .attribute(kill), .cancelled(2, 0), .endEnvironment], 1, 1,
                0
            ),
        ] as [([Entry], Int, Int, Int)])
    func `Good books balance`(entries: [Entry], ran: Int, lost: Int, unexpected: Int) {
        let ledger = ledger(entries, isConcurrent: true)
        #expect(ledger.isBalanced, "\(ledger.faults)")
        #expect(ledger.openCount == 0)
        #expect(ledger.totals.ran == ran)
        #expect(ledger.totals.lost.values.reduce(0, +) == lost)
        #expect(ledger.totals.unexpected == unexpected)
    }

    @Test(
        arguments: [
            ("before the answer", [.open(2, [.plain]), .begun(2, 0), .expect(2), .end(2)]),
            ("before the answer, which never came", [.open(2, [.plain]), .begun(2, 0), .end(2)]),
            // Another one's answer is none of its own.
            ("before the answer", [.open(2, []), .open(3, [.plain]), .expect(2), .end(2), .begun(3, 0), .expect(3)]),
            ("is settled", pair([.plain], []) + [.ran(2, 0), .begun(2, 0)]),
            ("a second time", pair([.plain, .plain], []) + [.begun(2, 1), .begun(2, 1)]),
            // Two of one invocation at the same time.
            ("out of turn", pair([.plain, .plain], []) + [.begun(2, 1), .begun(2, 0)]),
            ("out of turn", pair([.plain], [.plain, .plain]) + [.begun(2, 0), .begun(3, 0)]),
            ("3: 1 closures not run by its deadline", pair([.plain], [.plain]) + [.begun(2, 0), .passDeadline(3)]),
            (
                "2: 2 closures not run, though they had time",
                pair([.plain, .plain], []) + [.begun(2, 1), .attribute(.termination), .endInOrder]
            ),
            (
                "3: 1 closures not run, though they had time",
                pair([.meet], [.meet]) + [.begun(2, 0), .begun(3, 0), .ended(2, 0), .attribute(kill), .endInOrder]
            ),
            ("2: 1 closures lost without a cause", pair([.plain], []) + [.endEnvironment]),
            // One that waits for another invocation's keeps that one's partner from coming.
            ("2.0: waited in vain for a closure of 3", pair([.meet], [.meet]) + [.begun(2, 0), .cancelled(2, 0)]),
            (
                "2.0: waited in vain for a closure of 3",
                pair([.meet], [.meet, .plain]) + [.begun(3, 1), .begun(2, 0), .cancelled(2, 0)]
            ),
            (
                "3.0: waited in vain for a closure of 2",
                pair([.meet], [.meet]) + [.begun(2, 0), .begun(3, 0), .cancelled(3, 0)]
            ),
        ] as [(String, [Entry])])
    func `What must never be is a fault`(words: String, entries: [Entry]) {
        let ledger = ledger(entries, isConcurrent: true)
        #expect(ledger.faults.contains { $0.contains(words) }, "\(ledger.faults)")
        #expect(!ledger.isBalanced)
    }

    @Test func `Who has no processor meets nobody`() {
        let entries =
            Self.pair([.meet], [.meet]) + [.begun(2, 0), .cancelled(2, 0), .begun(3, 0), .cancelled(3, 0)]
        #expect(ledger(entries, isConcurrent: true, isStarved: true).isBalanced)
        #expect(!ledger(entries, isConcurrent: true, isStarved: false).isBalanced)
    }

    @Test func `It is counted how many meet, and how many invocations have closures that run at once`() {
        let ledger = ledger(
            Self.pair([.meet], [.meet]) + [
                .answered(1, [.plain, .plain]), .end(1), .begun(2, 0), .begun(1, 1), .ran(3, 0), .ended(2, 0),
                .ended(1, 1), .ran(1, 0),
            ], isConcurrent: true)
        #expect(ledger.totals.met == 2)
        #expect(ledger.totals.mostRunning == 3)
        #expect(ledger.totals.spilled == 0)
    }

    @Test func `The end of the last closure is told when it comes`() {
        var ledger = Ledger(isConcurrent: true)
        ledger.open(planned(1, [.plain, .plain]))
        ledger.expect(1)
        #expect(ledger.end(1) == nil)
        func record(_ closure: UInt16, _ kind: ClosureRecord.Kind, _ nanoseconds: Int64) -> Int64? {
            ledger.record(ClosureRecord(invocation: 1, closure: closure, kind: kind, nanoseconds: nanoseconds))
        }
        #expect(record(1, .begun, 5) == nil)
        #expect(record(1, .ended, 6) == nil)
        #expect(record(0, .begun, 7) == nil)
        #expect(record(0, .ended, 8) == 8)
    }
}
