import HostProcess
import Reactor
import Synchronization

/// Keeps the ledger for all invocations of a process, releases the hold when it says so, and knows who observes that.
package final class Holder: Sendable {
    package typealias Observer = @Sendable (PostInvoke.Observation) -> Void

    private struct State {
        var ledger = Ledger()
        var observers: [Observer] = []
        /// The time at which the invocation that is held began; nil if nobody is to be told how long the hold lasted.
        var heldSince: Instant?
    }

    private let state = Mutex(State())
    private let release: (@Sendable (String) -> Void)?
    private let session: Session?
    private let termination: Termination?

    /// - Parameters:
    ///   - session: kept open as long as this object lives: where the extension cannot watch the process, the connection tells it that
    ///     the process lives.
    ///   - termination: waits at the process's end for what is open.
    ///   - release: ends the hold of the invocation with the given id; called outside any lock. Nil where nobody holds.
    package init(
        keeping session: Session? = nil, waitedForBy termination: Termination? = nil,
        release: (@Sendable (String) -> Void)? = nil
    ) {
        self.session = session
        self.termination = termination
        self.release = release
    }

    func observe(_ observer: @escaping Observer) { state.withLock { $0.observers.append(observer) } }

    /// An invocation begins.
    ///
    /// - Returns: the observers to be told of its closures.
    package func begin(_ requestID: String) -> [Observer] {
        termination?.begin()
        return state.withLock { state in
            state.ledger.begin(requestID)
            state.heldSince = state.observers.isEmpty || release == nil ? nil : .now
            return state.observers
        }
    }

    package func reopen() {
        termination?.begin()
        state.withLock { $0.ledger.reopen() }
    }

    package func close() {
        defer { termination?.end() }
        let over: (requestID: String, since: Instant?, observers: [Observer])? = state.withLock { state in
            state.ledger.close().map { ($0, state.heldSince, state.observers) }
        }
        guard let over, let release else { return }
        if let since = over.since {
            let end = PostInvoke.HoldEnd(requestID: over.requestID, duration: .now - since)
            // Before the release: what an observer writes afterwards might wait for the thaw.
            for observer in over.observers { observer(.holdEnded(end)) }
        }
        release(over.requestID)
    }
}
