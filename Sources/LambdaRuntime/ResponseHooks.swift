import HostProcess
import Synchronization

/// The work an invocation left for after its response; shared by all copies of its context.
package final class ResponseHooks: Sendable {
    package typealias Work = @Sendable () async -> Void

    private enum State {
        case waiting([Work])
        /// Whoever waits for the work at the process's end counts it.
        case answered(Termination?)
    }

    private let state = Mutex(State.waiting([]))

    package init() {}

    /// Keeps `work` until ``start()``, or starts it when that has been.
    package func add(_ work: @escaping Work) {
        let answered: State? = state.withLock { state in
            guard case .waiting(var hooks) = state else { return state }
            hooks.append(work)
            state = .waiting(hooks)
            return nil
        }
        if case .answered(let termination) = answered { Self.start(work, countedBy: termination) }
    }

    /// Starts everything kept, each as a task, in the order it was added.
    ///
    /// - Parameter termination: waits for the work at the process's end.
    package func start(countedBy termination: Termination? = nil) {
        let hooks = state.withLock { state in
            guard case .waiting(let hooks) = state else { return [Work]() }
            state = .answered(termination)
            return hooks
        }
        for hook in hooks { Self.start(hook, countedBy: termination) }
    }

    private static func start(_ work: @escaping Work, countedBy termination: Termination?) {
        termination?.begin()
        Task {
            await work()
            termination?.end()
        }
    }
}
