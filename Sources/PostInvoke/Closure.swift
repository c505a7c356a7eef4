import LambdaAPI

/// Deferred work, and the place where it was registered.
struct Closure: Sendable {
    let body: @Sendable () async throws -> Void
    /// The time that it may run before it is cancelled; nil for no limit of its own.
    let timeout: Duration?
    let file: StaticString
    let line: UInt

    /// Runs the closure to its end, cancelled once its timeout or `limit` has passed, and logs what it throws.
    ///
    /// - Parameter requestID: the invocation that registered it; nil for one that belongs to none.
    @discardableResult
    func run(limit: Duration?, requestID: String?) async -> PostInvoke.ClosureEnd.Outcome {
        do {
            if let limit = [timeout, limit].compactMap({ $0 }).min() {
                try await run(cancelledAfter: limit)
            } else {
                try await body()
            }
            return .returned
        } catch is CancellationError {
            log(.warn, "the closure from \(file):\(line) was cancelled", requestID: requestID)
            return .cancelled
        } catch {
            log(
                .error, "the closure from \(file):\(line) failed with \(type(of: error)): \(error)",
                requestID: requestID)
            return .threw(error)
        }
    }

    private func run(cancelledAfter limit: Duration) async throws {
        let task = Task { try await body() }
        let alarm = AlarmClock.shared.set(after: limit) { task.cancel() }
        // Cancelled or not, it is waited for.
        defer { AlarmClock.shared.cancel(alarm) }
        try await task.value
    }
}
