import SoakCore
import Testing

/// An entry in the ledger: `1.0` is the first closure of invocation 1.
enum Entry {
    case open(UInt32, [PlannedClosure.Work])
    case expect(UInt32)
    /// Both of these.
    case answered(UInt32, [PlannedClosure.Work])
    case begun(UInt32, UInt16)
    case ended(UInt32, UInt16)
    case cancelled(UInt32, UInt16)
    /// It began and ended.
    case ran(UInt32, UInt16)
    case attribute(Cause)
    case allowOverrun(UInt32)
    case end(UInt32)
    case endEnvironment
    /// The function was asked to end, and did so by itself.
    case endInOrder
    /// The deadline has passed.
    case passDeadline(UInt32)
    case cancel(UInt32)
}

func ledger(_ entries: [Entry], isConcurrent: Bool = false, isStarved: Bool = false) -> Ledger {
    var ledger = Ledger(isConcurrent: isConcurrent)
    func record(_ number: UInt32, _ index: UInt16, _ kind: ClosureRecord.Kind) {
        ledger.record(ClosureRecord(invocation: number, closure: index, kind: kind)) { isStarved }
    }
    for entry in entries {
        switch entry {
        case .open(let number, let works): ledger.open(planned(number, works))
        case .expect(let number): ledger.expect(number)
        case .answered(let number, let works):
            ledger.open(planned(number, works))
            ledger.expect(number)
        case .begun(let number, let index): record(number, index, .begun)
        case .ended(let number, let index): record(number, index, .ended)
        case .cancelled(let number, let index): record(number, index, .cancelled)
        case .ran(let number, let index):
            record(number, index, .begun)
            record(number, index, .ended)
        case .attribute(let cause): ledger.attribute(cause)
        case .allowOverrun(let number): ledger.allowOverrun(number)
        case .end(let number): ledger.end(number)
        case .endEnvironment: ledger.endEnvironment()
        case .endInOrder: ledger.endEnvironment(isOrderly: true)
        case .passDeadline(let number): ledger.passDeadline(number)
        case .cancel(let number): ledger.cancel(number)
        }
    }
    return ledger
}

private let kill = Cause.killed(.function, .kill, .closures)

@Suite struct LedgerTests {
    @Test(
        arguments: [
            // Nothing to run.
            ([.answered(1, []), .end(1), .endEnvironment], 0, 0),
            // In turn, what one leaves included.
            ([.answered(1, [.plain, .nest]), .ran(1, 1), .ran(1, 101), .ran(1, 0), .end(1)], 3, 0),
            // The next one asked for before the end.
            (
                [
                    .answered(1, [.plain]), .open(2, [.plain]), .ran(1, 0), .end(1), .expect(2), .ran(2, 0), .end(2),
                    .endEnvironment,
                ], 2, 0
            ),
            // Cut off in the middle, with another below it.
            (
                [
                    .answered(1, [.plain, .plain, .plain]), .ran(1, 2), .begun(1, 1), .attribute(kill), .end(1),
                    .endEnvironment,
                ], 1, 2
            ),
            // Killed in a hold that then seems to have ended well; found out at the next invocation.
            (
                [
                    .answered(1, [.plain]), .attribute(kill), .end(1), .open(2, [.plain]), .end(2), .endEnvironment,
                    .answered(3, [.plain]), .ran(3, 0), .end(3), .endEnvironment,
                ], 1, 1
            ),
            // Let go at its deadline, because the machine stood still.
            (
                [
                    .answered(1, [.plain]), .begun(1, 0), .allowOverrun(1), .end(1), .answered(2, []), .ended(1, 0),
                    .end(2),
                ], 1, 0
            ),
            // Beyond the deadline, and to its end in the next invocation.
            (
                [
                    .answered(1, [.plain, .spill]), .begun(1, 1), .end(1), .answered(2, []), .ended(1, 1), .ran(1, 0),
                    .end(2),
                ], 2, 0
            ),
        ] as [([Entry], Int, Int)])
    func `Good books balance`(entries: [Entry], ran: Int, lost: Int) {
        let ledger = ledger(entries)
        #expect(ledger.isBalanced, "\(ledger.faults)")
        #expect(ledger.openCount == 0)
        #expect(ledger.totals.ran == ran)
        #expect(ledger.totals.lost.values.reduce(0, +) == lost)
    }

    @Test(
        arguments: [
            ("not run by the end", [.answered(1, [.plain]), .end(1)]),
            ("not run by the end", [.answered(1, [.plain, .plain]), .ran(1, 1), .end(1)]),
            ("not run by the end of 2", [.answered(1, [.spill]), .begun(1, 0), .end(1), .answered(2, []), .end(2)]),
            // Not for ever.
            (
                "not run by the end of 2",
                [.answered(1, [.plain]), .allowOverrun(1), .end(1), .answered(2, []), .end(2)]
            ),
            ("before the answer", [.open(1, [.plain]), .begun(1, 0), .expect(1)]),
            ("before the answer, which never came", [.open(1, [.plain]), .ran(1, 0), .end(1)]),
            ("a second answer", [.answered(1, [.plain]), .expect(1)]),
            ("out of turn", [.answered(1, [.plain, .plain]), .begun(1, 0)]),
            ("out of turn", [.answered(1, [.plain]), .ended(1, 0)]),
            ("a second time", [.answered(1, [.plain, .plain]), .ran(1, 1), .begun(1, 1)]),
            ("is settled", [.answered(1, [.plain]), .ran(1, 0), .end(1), .begun(1, 0)]),
            ("without a cause", [.answered(1, [.spill]), .begun(1, 0), .end(1), .endEnvironment]),
            // A cause does for its own environment only.
            ("not run by the end", [.attribute(kill), .endEnvironment, .answered(1, [.plain]), .end(1)]),
            ("an answer to nothing", [.expect(1)]),
            ("an end without a beginning", [.end(1)]),
        ] as [(String, [Entry])])
    func `What must never be is a fault`(words: String, entries: [Entry]) {
        let ledger = ledger(entries)
        #expect(ledger.faults.contains { $0.contains(words) }, "\(ledger.faults)")
        #expect(!ledger.isBalanced)
    }

    @Test func `The first cause is the one that counts, and the sums are by cause`() {
        let ledger = ledger([
            .answered(1, [.plain, .overrun]), .begun(1, 1), .cancelled(1, 1), .attribute(.timeout),
            .attribute(kill),
            .end(1), .open(2, [.plain]), .endEnvironment,
        ])
        #expect(ledger.totals.lost == [.timeout: 1])
        #expect(ledger.totals.cancelled == 1)
        #expect(ledger.totals.cutShort == 0)
        // The one that was only asked for is still to come.
        #expect(ledger.openCount == 1)
        #expect(ledger.isBalanced)
    }

    @Test func `What never began is taken out of the books, what has an answer is not`() {
        let stopped = ledger([
            .answered(1, [.plain]), .open(2, [.plain]), .attribute(.interruption), .end(1), .endEnvironment,
            .cancel(2),
        ])
        #expect(stopped.totals.lost == [.interruption: 1])
        #expect(stopped.openCount == 0)
        #expect(stopped.isBalanced)
        let answered = ledger([.answered(1, [.plain]), .cancel(1)])
        #expect(answered.openCount == 1)
        #expect(!answered.isBalanced)
    }

    @Test func `What runs after a refused answer was not expected`() {
        let ledger = ledger([
            .open(1, [.plain]), .attribute(kill), .end(1), .ran(1, 0), .endEnvironment,
        ])
        #expect(ledger.totals.unexpected == 1)
        #expect(ledger.totals.expected == 0)
        #expect(ledger.isBalanced)
    }

    @Test func `The end of the last closure is told`() {
        var ledger = Ledger()
        ledger.open(planned(1, [.plain]))
        ledger.expect(1)
        ledger.record(ClosureRecord(invocation: 1, closure: 0, kind: .begun, nanoseconds: 5))
        ledger.record(ClosureRecord(invocation: 1, closure: 0, kind: .ended, nanoseconds: 8))
        #expect(ledger.end(1) == 8)
        ledger.open(planned(2, []))
        ledger.expect(2)
        #expect(ledger.end(2) == nil)
    }

    @Test func `Faults are counted beyond those that are kept`() {
        var ledger = Ledger()
        for number in UInt32(0)..<150 { ledger.expect(number) }
        #expect(ledger.faults.count == 100)
        #expect(ledger.faultCount == 150)
    }

    @Test(arguments: [ClosureRecord.Kind.begun, .ended, .cancelled, .shutdown])
    func `A record survives the pipe`(kind: ClosureRecord.Kind) {
        let record = ClosureRecord(invocation: .max - 1, closure: 0xABCD, kind: kind, nanoseconds: -3)
        let bytes = record.bytes
        let read = bytes.span.withUnsafeBytes { ClosureRecord($0) }
        #expect(read == record)
        #expect(bytes.span.withUnsafeBytes { ClosureRecord(UnsafeRawBufferPointer(rebasing: $0[..<15])) } == nil)
        let nothing = [UInt8](repeating: 0, count: 16)
        #expect(nothing.withUnsafeBytes { ClosureRecord($0) } == nil)
    }
}
