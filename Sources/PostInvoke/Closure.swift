/// Work left for later, and where it was left.
struct Closure: Sendable {
    let body: @Sendable () async throws -> Void
    /// How long it may run before it is cancelled; nil for no limit of its own.
    let timeout: Duration?
    let file: StaticString
    let line: UInt

    /// Runs the closure to its end, cancelled once its timeout or `limit` has passed, and reports what it throws.
    func run(limit: Duration?) async {
        do {
            if let limit = [timeout, limit].compactMap({ $0 }).min() {
                try await run(cancelledAfter: limit)
            } else {
                try await body()
            }
        } catch is CancellationError {
            log(.warn, "the closure from \(file):\(line) was cancelled")
        } catch {
            log(.error, "the closure from \(file):\(line) failed with \(type(of: error)): \(error)")
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
