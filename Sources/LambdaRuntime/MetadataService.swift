#if !hasFeature(Embedded)
import HostProcess
import LambdaAPI
import Synchronization

/// Lambda's metadata for async code: a `LambdaMetadataClient` on a thread of its own, which lives for one answer, as most
/// environments ask once.
package final class MetadataService: Sendable {
    /// The one of the process.
    package static let shared = MetadataService { () throws(LambdaMetadataError) in try .fromEnvironment() }

    private typealias Answer = Result<LambdaMetadata, LambdaMetadataError>

    private struct State {
        var kept: KeptMetadata?
        var waiting: [CheckedContinuation<Answer, Never>] = []
        /// Counts what was forgotten.
        var generation = 0
    }

    private let state = Mutex(State())
    private let endpoint: @Sendable () throws(LambdaMetadataError) -> LambdaMetadataEndpoint
    private let timeout: Duration

    /// A service that asks the endpoint that the closure gives.
    package init(
        timeout: Duration = .seconds(1),
        endpoint: @escaping @Sendable () throws(LambdaMetadataError) -> LambdaMetadataEndpoint
    ) {
        self.endpoint = endpoint
        self.timeout = timeout
    }

    /// The metadata, from memory where they are there.
    package func metadata() async throws(LambdaMetadataError) -> LambdaMetadata {
        let answer: Answer = await withCheckedContinuation { continuation in
            let (kept, isFirst) = state.withLock { state -> (KeptMetadata?, Bool) in
                if let kept = state.kept, kept.isFresh { return (kept, false) }
                state.waiting.append(continuation)
                return (nil, state.waiting.count == 1)
            }
            if let kept { continuation.resume(returning: .success(kept.metadata)) }
            if isFirst { Thread.start { self.answerAll() } }
        }
        return try answer.get()
    }

    /// Drops what was remembered, as is due when a snapshot was restored. Who waits for an answer gets one that was asked for after
    /// this.
    package func forget() {
        state.withLock { state in
            state.kept = nil
            state.generation += 1
        }
    }

    private func answerAll() {
        while true {
            let generation = state.withLock { $0.generation }
            let (answer, kept) = ask()
            let waiting = state.withLock { state -> [CheckedContinuation<Answer, Never>]? in
                guard state.generation == generation else { return nil }
                state.kept = kept
                defer { state.waiting = [] }
                return state.waiting
            }
            guard let waiting else { continue }
            return waiting.forEach { $0.resume(returning: answer) }
        }
    }

    /// One request: its answer, and what of it may be kept.
    private func ask() -> (Answer, KeptMetadata?) {
        do {
            let endpoint = try endpoint()
            let loop = try EventLoop()
            let client = LambdaMetadataClient(loop: loop, endpoint: endpoint, timeout: timeout)
            var answer: Answer?
            client.metadata { answer = $0 }
            while true {
                if let answer { return (answer, client.kept) }
                try loop.runOnce()
            }
        } catch let error as LambdaMetadataError {
            return (.failure(error), nil)
        } catch {
            let errno = error as? Errno ?? .noMemory
            return (.failure(.endpoint(.connection(.cannotConnect(errno)))), nil)
        }
    }
}
#endif
