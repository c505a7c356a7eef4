/// The books of a run: which closures were expected to run, which ran, and why the others did not.
///
/// A closure is expected when the caller has the function's answer. From then on it must begin and end, once, in its
/// place, after the answer and before the invocation's end; or the environment it was in must have ended for a cause
/// that the run itself gave. Everything else is a ``Ledger/faults``.
///
/// Where many events are handled at a time, an invocation ends with its answer. Its closures then have until its deadline
/// (``Ledger/passDeadline(_:)``), and until their process leaves in good order at SIGTERM; those of other invocations run at the same
/// time, and two that wait for each other must meet.
package struct Ledger: Sendable {
    /// The fate of the closures.
    package struct Totals: Equatable, Sendable {
        /// Expected: left by invocations whose caller had an answer.
        package var expected = 0
        /// Of these, how many came to their end.
        package var ran = 0
        /// The number of ``ran`` that were cancelled at the deadline.
        package var cancelled = 0
        /// The number of ``ran`` that ended in a later invocation than their own.
        package var spilled = 0
        /// The number of the expected that were lost, by cause.
        package var lost: [Cause: Int] = [:]
        /// The number of the lost that had begun.
        package var cutShort = 0
        /// Ended, although the invocation's answer was refused because its environment was ending, or because it came too
        /// late; not expected.
        package var unexpected = 0
        /// The number of those in ``ran`` that waited for a closure of another invocation and met it.
        package var met = 0
        /// The most invocations whose closures ran at the same time.
        package var mostRunning = 0

        /// A run of which nothing is known yet.
        package init() {}
    }

    private struct Account {
        let order: [UInt16]
        var mayOverrun: Bool
        /// The closure that waits for one of the partner, and the partner.
        var meeting: (closure: UInt16, partner: UInt32)?
        /// The number that have ended.
        var ended = 0
        var isRunning = false
        var isExpected = false
        var isOver = false
        var lastEnd: Int64 = 0

        var left: Int { order.count - ended }
        /// True if its meeting is still to come, or goes on.
        var awaitsMeeting: Bool { meeting.map { order[ended...].contains($0.closure) } ?? false }
    }

    /// The sums so far.
    package private(set) var totals = Totals()
    /// The violations found, in words: the first hundred.
    package private(set) var faults: [String] = []
    /// Their number.
    package private(set) var faultCount = 0
    private var accounts: [UInt32: Account] = [:]
    /// The first thing that the run did to the present environment.
    package private(set) var cause: Cause?
    /// True if invocations overlap, and end with their answer.
    private let isConcurrent: Bool
    private var running = 0
    /// The invocations that met a partner that has not said so yet.
    private var met: Set<UInt32> = []

    /// Empty books.
    ///
    /// - Parameter isConcurrent: true if many events are handled at a time.
    package init(isConcurrent: Bool = false) { self.isConcurrent = isConcurrent }

    /// The number of invocations that are not settled yet.
    package var openCount: Int { accounts.count }

    /// An invocation is about to be asked for.
    package mutating func open(_ invocation: PlannedInvocation) {
        var account = Account(order: invocation.order, mayOverrun: invocation.isOverrun)
        if let meeting = invocation.closures.first(where: { $0.work == .meet }) {
            account.meeting = (meeting.index, invocation.partner)
        }
        accounts[invocation.number] = account
    }

    /// An invocation that was asked for will not begin: the run ends. One that has an answer stays in the books.
    package mutating func cancel(_ invocation: UInt32) {
        if accounts[invocation]?.isExpected == false { accounts[invocation] = nil }
    }

    /// The caller has the function's own answer.
    package mutating func expect(_ invocation: UInt32) {
        guard var account = accounts[invocation] else { return fault("\(invocation): an answer to nothing") }
        if account.isExpected { fault("\(invocation): a second answer") }
        if account.ended > 0 || account.isRunning { fault("\(invocation): a closure ran before the answer") }
        account.isExpected = true
        totals.expected += account.order.count
        accounts[invocation] = account
    }

    /// A closure said something.
    ///
    /// - Parameter isStarved: asked whether the machine is at fault, when two that were to meet did not.
    /// - Returns: when the closure ended, on the closures' clock, if it was the last of an invocation that had ended with an
    ///   answer.
    @discardableResult
    package mutating func record(_ record: ClosureRecord, isStarved: () -> Bool = { false }) -> Int64? {
        let name = "\(record.invocation).\(record.closure)"
        guard var account = accounts[record.invocation] else {
            fault("\(name): \(record.kind), but its invocation is settled")
            return nil
        }
        guard account.ended < account.order.count, account.order[account.ended] == record.closure,
            account.isRunning == (record.kind != .begun)
        else {
            fault("\(name): \(record.kind) a second time or out of turn")
            return nil
        }
        account.isRunning = record.kind == .begun
        running += account.isRunning ? 1 : -1
        totals.mostRunning = max(totals.mostRunning, running)
        if !account.isRunning {
            if account.meeting?.closure == record.closure { meet(account, record, isStarved) }
            account.ended += 1
            account.lastEnd = record.nanoseconds
            if account.isExpected { count(record, wasOver: account.isOver) }
        }
        accounts[record.invocation] = account
        return settle(record.invocation) && account.isExpected ? account.lastEnd : nil
    }

    /// A closure that waits for another's gives up when it is cancelled: then that one must not have been on its way.
    private mutating func meet(_ account: Account, _ record: ClosureRecord, _ isStarved: () -> Bool) {
        guard record.kind == .cancelled else {
            if account.isExpected { totals.met += 1 }
            if let partner = account.meeting?.partner, met.remove(partner) == nil { met.insert(record.invocation) }
            return
        }
        guard account.isExpected, cause == nil, let partner = account.meeting?.partner, let other = accounts[partner],
            other.isExpected, other.awaitsMeeting, !isStarved()
        else { return }
        fault(
            "\(record.invocation).\(record.closure): waited in vain for a closure of \(partner), which has its answer")
    }

    /// The run killed a process, or let an invocation time out, in the present environment.
    package mutating func attribute(_ cause: Cause) { if self.cause == nil { self.cause = cause } }

    /// An invocation may have been let go at its deadline through no fault of its own: what it left may run in a later one, as
    /// what overruns by plan may.
    package mutating func allowOverrun(_ invocation: UInt32) { accounts[invocation]?.mayOverrun = true }

    /// An invocation has ended, well or not.
    ///
    /// - Returns: when its last closure ended, on the closures' clock; nil when there was none, or not all have.
    @discardableResult
    package mutating func end(_ invocation: UInt32) -> Int64? {
        guard var account = accounts[invocation] else {
            fault("\(invocation): an end without a beginning")
            return nil
        }
        if !account.isExpected, account.ended > 0 || account.isRunning {
            fault("\(invocation): a closure ran before the answer, which never came")
        }
        account.isOver = true
        accounts[invocation] = account
        let isComplete = account.ended == account.order.count && account.isExpected
        settle(invocation)
        guard cause == nil, !account.mayOverrun, !isConcurrent else { return nil }
        // Leftovers of an earlier invocation keep this one open, too.
        for (number, account) in accounts where account.isOver {
            fault("\(number): \(account.left) closures not run by the end of \(invocation)")
            forget(number)
        }
        return isComplete && !account.order.isEmpty ? account.lastEnd : nil
    }

    /// By now all that an invocation left must have run, where many events are handled at a time: its deadline has passed, and
    /// the machine had the time.
    package mutating func passDeadline(_ invocation: UInt32) {
        guard cause == nil, let account = accounts[invocation], account.isExpected else { return }
        fault("\(invocation): \(account.left) closures not run by its deadline")
        forget(invocation)
    }

    /// The environment has ended and all of its processes with it: what did not run will not.
    ///
    /// - Parameter isOrderly: true if the function was asked to end and did so by itself, as it may where many events
    ///   are handled at a time: then only that may be lost which goes on beyond its deadline, or waits for what will
    ///   not come.
    package mutating func endEnvironment(isOrderly: Bool = false) {
        // An invocation that never had an answer is waited for in vain.
        let present = met.union(accounts.filter { $0.value.isExpected }.keys)
        // The one that waits for the next environment has not begun: it goes on.
        for (number, account) in accounts where account.isOver {
            forget(number)
            guard account.isExpected else {
                totals.unexpected += account.ended
                continue
            }
            guard account.left > 0 else { continue }
            let waitsInVain = account.awaitsMeeting && !present.contains(account.meeting!.partner)
            if isOrderly, !account.mayOverrun, !waitsInVain {
                fault("\(number): \(account.left) closures not run, though they had time at SIGTERM")
            } else if let cause {
                totals.lost[cause, default: 0] += account.left
                if account.isRunning { totals.cutShort += 1 }
            } else {
                fault("\(number): \(account.left) closures lost without a cause")
            }
        }
        cause = nil
        met = []
    }

    /// Notes what must never be.
    package mutating func fault(_ text: String) {
        faultCount += 1
        if faults.count < 100 { faults.append(text) }
    }

    /// True if every expected closure ran once or was lost for a cause.
    package var isBalanced: Bool {
        faultCount == 0 && totals.ran + totals.lost.values.reduce(0, +) == totals.expected
    }

    private mutating func count(_ record: ClosureRecord, wasOver: Bool) {
        totals.ran += 1
        if record.kind == .cancelled { totals.cancelled += 1 }
        if wasOver, !isConcurrent { totals.spilled += 1 }
    }

    /// Forgets an invocation of which nothing more is to come.
    ///
    /// - Returns: true if it was one.
    @discardableResult
    private mutating func settle(_ invocation: UInt32) -> Bool {
        guard let account = accounts[invocation], account.isOver, account.left == 0 else { return false }
        if !account.isExpected { totals.unexpected += account.ended }
        forget(invocation)
        return true
    }

    private mutating func forget(_ invocation: UInt32) {
        if accounts.removeValue(forKey: invocation)?.isRunning == true { running -= 1 }
    }
}
