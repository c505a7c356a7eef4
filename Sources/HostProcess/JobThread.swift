#if !hasFeature(Embedded)
import CLinux
import Synchronization

/// A thread that runs the jobs of actors, one after another, in the order in which they became ready.
///
/// An actor here goes on at once after an await of what ran here as well. An event loop, which is a task executor too, would put
/// each such step into its queue: the language's runtime then finds that the task does not prefer the loop.
package final class JobThread: SerialExecutor {
    private struct State {
        var jobs: [UnownedJob] = []
        /// True while the thread sleeps, or is about to.
        var isWaiting = false
        var isStopped = false
    }

    private let state = Mutex(State())
    /// Wakes the thread.
    private let arrival: Int32

    /// Starts the thread, which lasts until ``stop()``.
    package init() {
        arrival = eventfd(0, clinux_eventfd_flags)
        precondition(arrival >= 0, "no descriptor to wait on")
        Thread.start { self.run() }
    }

    deinit { close(arrival) }

    /// Takes a job from any thread; called by the language's runtime.
    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        change { $0.jobs.append(job) }
    }

    /// Ends the thread, once it has run the jobs that are there.
    package func stop() { change { $0.isStopped = true } }

    private func change(_ change: (inout State) -> Void) {
        let mustWake = state.withLock { state in
            change(&state)
            defer { state.isWaiting = false }
            return state.isWaiting
        }
        guard mustWake else { return }
        var one: UInt64 = 1
        _ = write(arrival, &one, 8)
    }

    private func run() {
        var jobs: [UnownedJob] = []
        var goesOn = true
        while goesOn {
            goesOn = state.withLock { state in
                swap(&jobs, &state.jobs)
                state.isWaiting = jobs.isEmpty && !state.isStopped
                return !jobs.isEmpty || !state.isStopped
            }
            if jobs.isEmpty, goesOn { wait() }
            for job in jobs { job.runSynchronously(on: asUnownedSerialExecutor()) }
            jobs.removeAll(keepingCapacity: true)
        }
    }

    private func wait() {
        while !BlockingPoll.wait(arrival, for: .read, timeout: .seconds(86_400)) {}
        var count: UInt64 = 0
        _ = read(arrival, &count, 8)
    }
}
#endif
