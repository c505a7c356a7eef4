import Synchronization

/// The work an invocation left for after its response; shared by all copies of its context.
package final class ResponseHooks: Sendable {
    package typealias Work = @Sendable () async -> Void

    private enum State {
        case waiting([Work])
        case answered
    }

    private let state = Mutex(State.waiting([]))

    package init() {}

    /// Keeps `work` until ``start()``, or starts it when that has been.
    package func add(_ work: @escaping Work) {
        let isLate = state.withLock { state in
            guard case .waiting(var hooks) = state else { return true }
            hooks.append(work)
            state = .waiting(hooks)
            return false
        }
        if isLate { Task { await work() } }
    }

    /// Starts everything kept, each as a task, in the order it was added.
    package func start() {
        let hooks = state.withLock { state in
            guard case .waiting(let hooks) = state else { return [Work]() }
            state = .answered
            return hooks
        }
        for hook in hooks { Task { await hook() } }
    }
}
