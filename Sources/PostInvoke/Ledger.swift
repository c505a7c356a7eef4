/// Which invocation is being held, and how much work keeps it held.
///
/// Each invocation opens the ledger once, and once more for work registered after it had closed. The invocation held is
/// the latest to begin: an earlier one whose work is still open has lost its hold to the deadline, and its work now
/// keeps the new one from being released. So a hold is released once, by its own id, when nothing at all is open.
package struct Ledger {
    package init() {}

    private var open = 0
    private var held: String?

    /// An invocation begins and is the one held from now on.
    package mutating func begin(_ requestID: String) {
        held = requestID
        open += 1
    }

    /// Work appears that belongs to no invocation's own share.
    package mutating func reopen() { open += 1 }

    /// A share has ended.
    ///
    /// - Returns: the id of the invocation to release, if nothing is open now and one is held.
    package mutating func close() -> String? {
        precondition(open > 0, "closed more often than opened")
        open -= 1
        guard open == 0 else { return nil }
        defer { held = nil }
        return held
    }
}
