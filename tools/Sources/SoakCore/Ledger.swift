/// The books of a run: which closures were promised to run, which ran, and why the others did not.
///
/// A closure is promised when the caller has the function's answer. From then on it must begin and end, once, in its
/// place, after the answer and before the invocation's end; or the environment it was in must have ended for a cause
/// that the run itself gave. Everything else is a ``Ledger/faults``.
public struct Ledger: Sendable {
    /// What became of the closures.
    public struct Totals: Equatable, Sendable {
        /// Promised: left by invocations whose caller had an answer.
        public var promised = 0
        /// Of these, how many came to their end.
        public var ran = 0
        /// How many of ``ran`` were cancelled at the deadline.
        public var cancelled = 0
        /// How many of ``ran`` ended in a later invocation than their own.
        public var spilled = 0
        /// How many of the promised were lost, by cause.
        public var lost: [Cause: Int] = [:]
        /// How many of the lost had begun.
        public var cutShort = 0
        /// Ended, although the invocation's answer was refused because its environment was ending; not promised.
        public var unpromised = 0

        /// A run of which nothing is known yet.
        public init() {}
    }

    private struct Account {
        let order: [UInt16]
        var mayOverrun: Bool
        /// How many have ended.
        var ended = 0
        var isRunning = false
        var isPromised = false
        var isOver = false
        var lastEnd: Int64 = 0
    }

    /// The sums so far.
    public private(set) var totals = Totals()
    /// What must never be: in words, the first hundred.
    public private(set) var faults: [String] = []
    /// How many there were.
    public private(set) var faultCount = 0
    private var accounts: [UInt32: Account] = [:]
    /// What the run did to the present environment, the first thing first.
    public private(set) var cause: Cause?

    /// Empty books.
    public init() {}

    /// How many invocations are not settled yet.
    public var openCount: Int { accounts.count }

    /// An invocation is about to be asked for.
    public mutating func open(_ invocation: PlannedInvocation) {
        accounts[invocation.number] = Account(order: invocation.order, mayOverrun: invocation.isOverrun)
    }

    /// An invocation that was asked for will not begin: the run ends. One that has an answer stays in the books.
    public mutating func withdraw(_ invocation: UInt32) {
        if accounts[invocation]?.isPromised == false { accounts[invocation] = nil }
    }

    /// The caller has the function's own answer.
    public mutating func promise(_ invocation: UInt32) {
        guard var account = accounts[invocation] else { return fault("\(invocation): an answer to nothing") }
        if account.isPromised { fault("\(invocation): a second answer") }
        if account.ended > 0 || account.isRunning { fault("\(invocation): a closure ran before the answer") }
        account.isPromised = true
        totals.promised += account.order.count
        accounts[invocation] = account
    }

    /// A closure said something.
    public mutating func record(_ record: ClosureRecord) {
        let name = "\(record.invocation).\(record.closure)"
        guard var account = accounts[record.invocation] else {
            return fault("\(name): \(record.kind), but its invocation is settled")
        }
        guard account.ended < account.order.count, account.order[account.ended] == record.closure,
            account.isRunning == (record.kind != .begun)
        else { return fault("\(name): \(record.kind) a second time or out of turn") }
        if record.kind == .begun {
            account.isRunning = true
        } else {
            account.isRunning = false
            account.ended += 1
            account.lastEnd = record.nanoseconds
            if account.isPromised { count(record, wasOver: account.isOver) }
        }
        accounts[record.invocation] = account
        settle(record.invocation)
    }

    /// The run killed a process, or let an invocation time out, in the present environment.
    public mutating func blame(_ cause: Cause) { if self.cause == nil { self.cause = cause } }

    /// An invocation may have been let go at its deadline through no fault of its own: what it left may run in a later one, as
    /// what overruns by plan may.
    public mutating func excuse(_ invocation: UInt32) { accounts[invocation]?.mayOverrun = true }

    /// An invocation has ended, well or not.
    ///
    /// - Returns: when its last closure ended, on the closures' clock; nil when there was none, or not all have.
    @discardableResult
    public mutating func end(_ invocation: UInt32) -> Int64? {
        guard var account = accounts[invocation] else {
            fault("\(invocation): an end without a beginning")
            return nil
        }
        account.isOver = true
        accounts[invocation] = account
        let isComplete = account.ended == account.order.count && account.isPromised
        settle(invocation)
        guard cause == nil, !account.mayOverrun else { return nil }
        // What an earlier invocation left over keeps this one open, too.
        for (number, left) in accounts where left.isOver {
            fault("\(number): \(left.order.count - left.ended) closures not run by the end of \(invocation)")
            accounts[number] = nil
        }
        return isComplete && !account.order.isEmpty ? account.lastEnd : nil
    }

    /// The environment has ended and all of its processes with it: what did not run will not.
    public mutating func endEnvironment() {
        // The one that waits for the next environment has not begun: it goes on.
        for (number, account) in accounts where account.isOver {
            accounts[number] = nil
            let left = account.order.count - account.ended
            guard account.isPromised else {
                totals.unpromised += account.ended
                continue
            }
            guard left > 0 else { continue }
            if let cause {
                totals.lost[cause, default: 0] += left
                if account.isRunning { totals.cutShort += 1 }
            } else {
                fault("\(number): \(left) closures lost without a cause")
            }
        }
        cause = nil
    }

    /// Notes what must never be.
    public mutating func fault(_ text: String) {
        faultCount += 1
        if faults.count < 100 { faults.append(text) }
    }

    /// Whether every promised closure ran once or was lost for a cause.
    public var isBalanced: Bool {
        faultCount == 0 && totals.ran + totals.lost.values.reduce(0, +) == totals.promised
    }

    private mutating func count(_ record: ClosureRecord, wasOver: Bool) {
        totals.ran += 1
        if record.kind == .cancelled { totals.cancelled += 1 }
        if wasOver { totals.spilled += 1 }
    }

    /// Forgets an invocation of which nothing more is to come.
    private mutating func settle(_ invocation: UInt32) {
        guard let account = accounts[invocation], account.isOver, account.isPromised,
            account.ended == account.order.count
        else { return }
        accounts[invocation] = nil
    }
}
