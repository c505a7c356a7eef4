import HostProcess
import Reactor

/// Which invocation of the process is held, and how much work keeps it held; releases the hold, and knows who observes that.
///
/// Each invocation has a ``Share`` from its beginning until its closures have ended, and a new one for work registered after that.
/// The invocation held is the latest to begin: an earlier one whose work is still open has lost its hold to the deadline, and its
/// work now keeps the new one from being released. So a hold is released once, by its own id, when no share is open.
///
/// Why there is no race: that work is open is recorded in one place, the share that an invocation has. It takes one under its own
/// lock and gives it back after it has let go of that, so the number here is never lower than that of the shares in use. Locks are
/// taken in this order, an invocation's and then the ledger's, and under neither is anything called that could wait.
package final class HoldLedger: Sendable {
    package typealias Observer = @Sendable (PostInvoke.Observation) -> Void

    /// The right to have the environment held. It cannot be copied, so that it is closed once.
    package struct Share: ~Copyable, Sendable {
        fileprivate let ledger: HoldLedger

        /// The work is done: releases the hold, if no other share is open.
        ///
        /// - Parameter awaitingAnswer: false to go on while the extension has yet to answer, for which
        ///   ``HoldLedger/settle()`` is called later.
        package consuming func close(awaitingAnswer: Bool = true) { ledger.close(awaitingAnswer) }
    }

    private struct State {
        var openShares = 0
        var held: String?
        /// The time at which the invocation that is held began; nil if nobody observes how long the hold lasted.
        var heldSince: Instant?
        var observers: [Observer] = []
    }

    private let state = Mutex(State())
    /// Takes the invocation's id, and whether to wait for the answer.
    private let release: (@Sendable (String, Bool) -> Void)?
    private let session: Session?
    private let termination: Termination?

    /// A ledger whose holds are the layer's, and end through the session.
    package init(releasingBy session: Session) {
        self.session = session
        termination = nil
        release = { session.done($0, awaitingAnswer: $1) }
    }

    /// - Parameters:
    ///   - session: kept open as long as this object lives: where the extension cannot watch the process, the
    ///     connection shows it that the process lives.
    ///   - termination: waits at the process's end for what is open.
    ///   - release: ends the hold of the invocation with the given id; called outside any lock. Nil where nobody holds.
    package init(
        keeping session: Session? = nil, waitedForBy termination: Termination? = nil,
        release: (@Sendable (String) -> Void)? = nil
    ) {
        self.session = session
        self.termination = termination
        if let release {
            self.release = { requestID, _ in release(requestID) }
        } else {
            self.release = nil
        }
    }

    /// Looks, without waiting, what has become of a release whose answer was not awaited: it is made once more where it was
    /// lost. For whoever closed a share so, and has something better to do until now.
    package func settle() { session?.settle() }

    func observe(_ observer: @escaping Observer) { state.withLock { $0.observers.append(observer) } }

    /// The observers of an invocation that begins now.
    var observers: [Observer] { state.withLock { $0.observers } }

    /// Opens the share of an invocation that begins, and is the one held from now on.
    package func begin(_ requestID: String) -> Share {
        open { state in
            state.held = requestID
            state.heldSince = state.observers.isEmpty || release == nil ? nil : .now
        }
    }

    /// Opens a share for work that came after its invocation's had been closed.
    package func reopen() -> Share { open { _ in } }

    private func open(_ change: (inout State) -> Void) -> Share {
        termination?.begin()
        state.withLock { state in
            state.openShares += 1
            change(&state)
        }
        return Share(ledger: self)
    }

    private func close(_ awaitsAnswer: Bool) {
        defer { termination?.end() }
        let over: (requestID: String, since: Instant?, observers: [Observer])? = state.withLock { state in
            state.openShares -= 1
            guard state.openShares == 0, let held = state.held else { return nil }
            state.held = nil
            return (held, state.heldSince, state.observers)
        }
        guard let over, let release else { return }
        if let since = over.since {
            let end = PostInvoke.HoldEnd(requestID: over.requestID, duration: .now - since)
            // Before the release: what an observer writes afterwards might wait for the thaw.
            for observer in over.observers { observer(.holdEnded(end)) }
        }
        release(over.requestID, awaitsAnswer)
    }
}
