import LambdaAPI

/// Deferred work, and the place where it was registered.
struct Closure: Sendable {
    let body: @Sendable () async throws -> Void
    /// The time that it may run before it is cancelled; nil for no limit of its own.
    let timeout: Duration?
    let file: StaticString
    let line: UInt

    /// Runs the closure to its end, cancelled once a limit has passed, and logs what it throws.
    ///
    /// - Parameters:
    ///   - left: the time until shortly before the invocation's deadline; nil if that does not matter.
    ///   - requestID: the invocation that registered it; nil for one that belongs to none.
    @discardableResult
    func run(until left: Duration?, requestID: String?) async -> PostInvoke.ClosureEnd.Outcome {
        let limits = [
            timeout.map { Limit(time: $0, words: "its timeout of \($0) is over") },
            left.map { Limit(time: $0, words: "the deadline of its invocation is near") },
        ]
        // What is put behind the words for its end: why it was cancelled.
        var cause = ""
        do {
            if let limit = limits.compactMap(\.self).min(by: { $0.time < $1.time }) {
                try await run(within: limit) { cause = ": \(limit.words)" }
            } else {
                try await body()
            }
            return .returned
        } catch is CancellationError {
            log(.warn, "the closure from \(file):\(line) was cancelled\(cause)", requestID: requestID)
            return .cancelled
        } catch {
            let cancelled = cause.isEmpty ? "" : " when it was cancelled\(cause)"
            log(
                .error, "the closure from \(file):\(line) failed with \(type(of: error)): \(error)\(cancelled)",
                requestID: requestID)
            return .threw(error)
        }
    }

    /// A time after which a closure is cancelled, and why.
    private struct Limit {
        var time: Duration
        var words: String
    }

    private func run(within limit: Limit, whenCancelled: () -> Void) async throws {
        let task = Task { try await body() }
        let alarm = AlarmClock.shared.set(after: limit.time) { task.cancel() }
        defer {
            AlarmClock.shared.cancel(alarm)
            if task.isCancelled { whenCancelled() }
        }
        // Cancelled or not, it is waited for.
        try await task.value
    }
}
