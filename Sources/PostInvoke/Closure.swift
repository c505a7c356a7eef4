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
            log("the closure from \(file):\(line) was cancelled")
        } catch {
            log("the closure from \(file):\(line) failed with \(type(of: error)): \(error)")
        }
    }

    private func run(cancelledAfter limit: Duration) async throws {
        try await withThrowingTaskGroup(of: Bool.self) { group in
            group.addTask {
                try await body()
                return true
            }
            group.addTask {
                // Beyond 2^31 seconds the sleep itself overflows.
                try? await Task.sleep(for: min(limit, .seconds(Int32.max)))
                return false
            }
            // Time up: the body is told, and waited for all the same. Body done: the sleep is cut short.
            while try await group.next() == false { group.cancelAll() }
            group.cancelAll()
        }
    }
}
