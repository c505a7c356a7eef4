#if !hasFeature(Embedded)
/// Actors and tasks on the loop's thread.
///
/// As a serial executor the loop runs actors:
///
///     actor Cache {
///         let loop: EventLoop
///         nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }
///     }
///
/// as a task executor it runs a task and what the task awaits, `Task(executorPreference: loop) { ... }`, and
/// ``run(_:)`` does that for a program's whole life. Jobs are run at the end of a round, in the order in which they
/// became ready; one that becomes ready on the loop's own thread costs no system call.
///
/// The rules of handlers hold for jobs: they must not block, neither in a lock, nor in a blocking read, nor by
/// computing for long; nothing else runs meanwhile. What must block goes to another executor. A task that another
/// thread resumes wakes the loop, which costs tens of microseconds.
///
/// The loop is not kept by what runs on it: keep it until the last task has ended.
///
/// `Sendable` says no more than that the reference may be handed to tasks: everything but giving it
/// jobs still belongs to the loop's thread.
extension EventLoop: SerialExecutor, TaskExecutor, @unchecked Sendable {
    /// Takes a job from any thread; called by the language's runtime.
    public func enqueue(_ job: consuming ExecutorJob) { jobs.append(UnownedJob(job)) }

    /// True if the calling thread is in one of the loop's rounds: in a handler, or in a job.
    public var isOnLoop: Bool { jobs.isInRound }

    /// Traps unless ``isOnLoop``; called by `assumeIsolated` and its kin.
    public func checkIsolated() { precondition(isOnLoop, "not on the event loop's thread") }

    /// ``isOnLoop``, for the language's runtime.
    public func isIsolatingCurrentContext() -> Bool? { isOnLoop }

    /// Runs the loop until `body` has returned, with `body` as a task on it.
    ///
    /// A ``stop()`` meanwhile is overruled. Tasks of its own that `body` did not wait for stay where they are, and go on
    /// when the loop is run again.
    ///
    /// - Returns: what `body` returns.
    /// - Throws: what `body` throws.
    public func run<Success: Sendable, Failure: Error>(
        _ body: @escaping @Sendable () async throws(Failure) -> Success
    ) throws(Failure) -> Success {
        let outcome = Outcome<Success, Failure>()
        Task(executorPreference: self) {
            do throws(Failure) {
                outcome.result = .success(try await body())
            } catch {
                outcome.result = .failure(error)
            }
            self.stop()
        }
        while true {
            do {
                try run()
            } catch {
                fatalError("the event loop cannot wait: \(error)")
            }
            if let result = outcome.result { return try result.get() }
        }
    }

    // Written and read on the loop's thread only.
    private final class Outcome<Success, Failure: Error>: @unchecked Sendable {
        var result: Result<Success, Failure>?
    }
}
#endif
