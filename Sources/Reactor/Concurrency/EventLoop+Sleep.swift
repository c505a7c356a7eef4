#if !hasFeature(Embedded)
extension EventLoop {
    /// Lets the task wait until `deadline`; other tasks and handlers run meanwhile. To be called on the loop.
    ///
    /// - Throws: `CancellationError`, as soon as the task is cancelled.
    public nonisolated(nonsending) func sleep(until deadline: Instant) async throws(CancellationError) {
        // One that is cancelled already does not wait, and may ask for ever.
        if !beginAttempt() { await nextRound() }
        await sleep(until: deadline, in: Sleeper(loop: self))
        if Task.isCancelled { throw CancellationError() }
    }

    /// Lets the task wait for `duration`; see ``sleep(until:)``.
    ///
    /// - Throws: `CancellationError`, as soon as the task is cancelled.
    public nonisolated(nonsending) func sleep(for duration: Duration) async throws(CancellationError) {
        try await sleep(until: .now + duration)
    }

    /// Lets the task wait until `deadline`, until it is cancelled, or until `sleeper` is ended by somebody else.
    nonisolated(nonsending) func sleep(until deadline: Instant, in sleeper: Sleeper) async {
        await withTaskCancellationHandler {
            await withUnsafeContinuation { sleeper.begin(until: deadline, $0) }
        } onCancel: {
            Task(executorPreference: self) { sleeper.end() }
        }
    }
}

/// One wait of a task for a deadline. Touched on the loop's thread only.
final class Sleeper: @unchecked Sendable {
    private let loop: EventLoop
    private var timer: EventLoop.Timer?
    private var continuation: UnsafeContinuation<Void, Never>?

    init(loop: EventLoop) { self.loop = loop }

    func begin(until deadline: Instant, _ continuation: UnsafeContinuation<Void, Never>) {
        // A cancellation's job that was run before this is not to be waited for; one that comes later finds us here.
        guard !Task.isCancelled else { return continuation.resume() }
        self.continuation = continuation
        let timer = loop.makeTimer { [self] in end() }
        timer.arm(at: deadline)
        self.timer = timer
    }

    /// The deadline or the cancellation has come, whichever is first.
    func end() {
        timer?.cancel()
        timer = nil
        continuation?.resume()
        continuation = nil
    }
}
#endif
