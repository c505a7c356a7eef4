#if !hasFeature(Embedded)
import Synchronization

extension EventRecord {
    /// Calls `write`, unless the event is over.
    nonisolated(nonsending) func whileOpen(_ write: () async throws -> Void) async throws {
        defer { writers.subtract(1, ordering: .acquiringAndReleasing) }
        guard writers.add(1, ordering: .acquiringAndReleasing).oldValue >= 0 else { throw LambdaResponseWriter.Ended() }
        try await write()
    }
}
#endif
