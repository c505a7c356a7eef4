import Synchronization

/// Keeps the ledger for all invocations of a process and releases the hold when it says so.
package final class Holder: Sendable {
    private let ledger = Mutex(Ledger())
    private let release: @Sendable (String) -> Void
    private let session: Session?

    /// - Parameters:
    ///   - session: kept open as long as this object lives, since it tells the extension that the process does.
    ///   - release: ends the hold of the invocation with the given id; called outside any lock.
    package init(keeping session: Session? = nil, release: @escaping @Sendable (String) -> Void) {
        self.session = session
        self.release = release
    }

    package func begin(_ requestID: String) { ledger.withLock { $0.begin(requestID) } }

    package func reopen() { ledger.withLock { $0.reopen() } }

    package func close() {
        if let requestID = ledger.withLock({ $0.close() }) { release(requestID) }
    }
}
