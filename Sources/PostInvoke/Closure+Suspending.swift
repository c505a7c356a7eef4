#if !hasFeature(Embedded)
import HostProcess
import LambdaAPI

extension PostInvoke {
    /// The error of a closure.
    public typealias Failure = any Error
}

extension Closure {
    typealias SuspendingWork = @Sendable () async throws -> Void

    /// Runs the closure to its end, cancelled once a limit has passed, and logs what it throws.
    ///
    /// - Parameters:
    ///   - left: the time until shortly before the invocation's deadline; nil if that does not matter.
    ///   - requestID: the invocation that registered it; nil for one that belongs to none.
    @discardableResult
    func run(until left: Duration?, requestID: String?) async -> PostInvoke.ClosureEnd.Outcome {
        let work: SuspendingWork =
            switch body {
            case .blocking(let work): { try work() }
            case .suspending(let work): work
            }
        let limits = [
            timeout.map { Limit(time: $0, words: "its timeout of \($0) is over") },
            left.map { Limit(time: $0, words: "the deadline of its invocation is near") },
        ]
        // What is put behind the words for its end: why it was cancelled.
        var cause = ""
        do {
            if let limit = limits.compactMap(\.self).min(by: { $0.time < $1.time }) {
                try await run(work, within: limit) { cause = ": \(limit.words)" }
            } else {
                try await work()
            }
            return .returned
        } catch {
            return outcome(of: error, cause: cause, requestID: requestID)
        }
    }

    /// A time after which a closure is cancelled, and why.
    private struct Limit {
        var time: Duration
        var words: String
    }

    private func run(
        _ work: @escaping SuspendingWork, within limit: Limit, whenCancelled: () -> Void
    ) async throws {
        let task = Task { try await work() }
        let alarm = AlarmClock.shared.set(after: limit.time) { task.cancel() }
        defer {
            AlarmClock.shared.cancel(alarm)
            if task.isCancelled { whenCancelled() }
        }
        // Cancelled or not, it is waited for.
        try await task.value
    }

    /// The same, which blocks the thread until it has ended.
    func runBlocking(
        _ work: @escaping SuspendingWork, until left: Duration?, requestID: String?
    ) -> PostInvoke.ClosureEnd.Outcome {
        let end = Handover<PostInvoke.ClosureEnd.Outcome>()
        Task { end.put(await run(until: left, requestID: requestID)) }
        return end.take(within: nil)!
    }

    /// The end of a closure that threw, which it logs.
    ///
    /// - Parameter cause: what is put behind the words for its end: why it was cancelled; empty if it was not.
    func outcome(of error: any Error, cause: String, requestID: String?) -> PostInvoke.ClosureEnd.Outcome {
        if error is CancellationError {
            log(.warn, "the closure from \(file):\(line) was cancelled\(cause)", requestID: requestID)
            return .cancelled
        }
        let cancelled = cause.isEmpty ? "" : " when it was cancelled\(cause)"
        log(
            .error, "the closure from \(file):\(line) failed with \(type(of: error)): \(error)\(cancelled)",
            requestID: requestID)
        return .threw(error)
    }
}
#endif
