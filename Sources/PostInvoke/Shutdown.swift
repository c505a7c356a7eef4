#if !hasFeature(Embedded)
import CLinux
import HostProcess
import LambdaAPI
import Synchronization

/// The closures that run at SIGTERM, last of all; one stack for the process, as the signal is one.
package final class Shutdown: Sendable {
    package static let shared = Shutdown()

    private struct State {
        var stack: [Closure] = []
        var isRegistered = false
        /// The task that runs the closures; nil while none run.
        var draining: Task<Void, Never>?
        var budget = Duration.milliseconds(250)
    }

    private let state = Mutex(State())

    /// The time that the closures have in all. Lambda gives a function 300 ms between SIGTERM and SIGKILL ("Lambda execution
    /// environment lifecycle").
    package var budget: Duration {
        get { state.withLock { $0.budget } }
        set { state.withLock { $0.budget = newValue } }
    }

    /// Registers a closure; the first one starts the watch for the signal.
    func add(_ closure: Closure) {
        let isFirst = state.withLock { state in
            state.stack.append(closure)
            defer { state.isRegistered = true }
            return !state.isRegistered
        }
        guard isFirst else { return }
        Termination.shared.atLast { self.run() }
        Termination.shared.watch { log(.warn, $0) }
    }

    /// True in the task of a closure.
    @TaskLocal private static var isWithin = false

    /// Runs the closures that have not run yet, and returns when they and those that others run have ended. Returns at once in
    /// one of them, which would wait for itself.
    func drain() async {
        guard !Self.isWithin else { return }
        await begin().value
    }

    /// Runs the closures and returns when they have ended or their time has.
    private func run() {
        // Not closed: the process is about to end, and a closure that is late must not write elsewhere.
        let ended = eventfd(0, clinux_eventfd_flags)
        let closures = begin()
        Task.detached(priority: .high) {
            await closures.value
            var one: UInt64 = 1
            _ = write(ended, &one, 8)
        }
        let budget = budget
        if !BlockingPoll.wait(ended, for: .read, timeout: budget) {
            log(.warn, "the closures at shutdown took longer than \(budget) and were left behind")
        }
    }

    private func begin() -> Task<Void, Never> {
        state.withLock { state in
            if let draining = state.draining { return draining }
            let task = Task.detached(priority: .high) {
                await Self.$isWithin.withValue(true) {
                    while let closure = self.takeClosure() { await closure.run(until: nil, requestID: nil) }
                }
            }
            state.draining = task
            return task
        }
    }

    /// The closure on top of the stack; nil, once, when there is none left.
    private func takeClosure() -> Closure? {
        state.withLock { state in
            if let closure = state.stack.popLast() { return closure }
            state.draining = nil
            return nil
        }
    }
}
#endif
