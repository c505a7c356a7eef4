#if !hasFeature(Embedded)
extension SnapshotHooks {
    /// The error of a hook.
    package typealias Failure = any Error
    /// A hook that suspends its task.
    package typealias SuspendingWork = @Sendable () async throws -> Void

    /// Runs one, and blocks the thread until it has ended.
    static func runBlocking(_ work: @escaping SuspendingWork) throws {
        let outcome = Handover<Result<Void, Failure>>()
        Task.detached {
            do { outcome.put(.success(try await work())) } catch { outcome.put(.failure(error)) }
        }
        try outcome.take(within: nil)?.get()
    }
}

extension SnapshotHooks.Queue {
    /// The same without blocking the thread.
    package func run() async throws {
        while let hook = take() {
            switch hook {
            case .blocking(let work): try work()
            case .suspending(let work): try await work()
            }
        }
    }
}
#endif
