/// Lambda's metadata on an event loop: asked for once, and again when the answer is too old.
///
///     let lambda = LambdaMetadataClient(loop: loop, endpoint: try .fromEnvironment())
///     lambda.metadata { result in
///         if case .success(let metadata) = result { zone = metadata.availabilityZoneID }
///     }
///
/// An answer is kept for as long as its `Cache-Control` allows, for good where that says nothing: an environment does not move. A
/// snapshot that is restored may be elsewhere; then call ``forget()``.
public final class LambdaMetadataClient {
    /// A caller's closure for what was asked for.
    public typealias Completion = (Result<LambdaMetadata, LambdaMetadataError>) -> Void

    private let http: HTTPClient
    private let authorization: [UInt8]
    private let timeout: Duration
    /// The last answer, where it may be kept.
    package private(set) var kept: KeptMetadata?
    private var waiting: [Completion] = []
    /// Counts what was forgotten, so that no answer is kept that was under way then.
    private var generation = 0
    private var isClosed = false

    /// A client of the endpoint; nothing is sent yet.
    ///
    /// - Parameters:
    ///   - loop: the loop it lives on.
    ///   - endpoint: the endpoint to ask.
    ///   - timeout: the longest wait for an answer.
    public init(loop: EventLoop, endpoint: LambdaMetadataEndpoint, timeout: Duration = .seconds(1)) {
        http = endpoint.host.withByteView { HTTPClient(loop: loop, address: endpoint.address, host: $0) }
        authorization = endpoint.authorization
        self.timeout = timeout
    }

    /// Gives the metadata, from memory where they are there.
    ///
    /// - Parameter completion: called once on the loop, never inside this call. Failures are not remembered.
    public func metadata(_ completion: @escaping Completion) {
        if let kept, kept.isFresh {
            http.loop.enqueue { completion(.success(kept.metadata)) }
            return
        }
        waiting.append(completion)
        if waiting.count == 1 { ask() }
    }

    /// Drops what was remembered. Who waits for an answer gets one that was asked for after this.
    public func forget() {
        kept = nil
        generation += 1
    }

    /// Closes the connection; whoever waits is notified.
    public func close() {
        isClosed = true
        http.close()
    }

    private func ask() {
        let generation = generation
        http.send(
            "GET", "/2026-01-15/metadata/execution-environment", timeout: timeout,
            fields: { head in authorization.withByteView { head.appendField("Authorization", $0) } },
            completion: { [self] result in
                if generation != self.generation, !isClosed { return ask() }
                finish(read(result))
            })
    }

    private func read(_ result: Result<HTTPResponse, HTTPClientError>) -> Result<LambdaMetadata, LambdaMetadataError> {
        switch result {
        case .failure(let error): return .failure(.endpoint(.connection(error)))
        case .success(let response):
            if let fault = APIFault(response) { return .failure(.endpoint(fault)) }
            do throws(APIFault) {
                let metadata = try LambdaMetadata(parsing: response.body)
                kept = KeptMetadata(metadata, for: CacheLifetime(response.fields))
                return .success(metadata)
            } catch {
                return .failure(.endpoint(error))
            }
        }
    }

    private func finish(_ result: Result<LambdaMetadata, LambdaMetadataError>) {
        let completions = waiting
        waiting = []
        for completion in completions { completion(result) }
    }
}

/// An answer and the time for which it may be kept.
package struct KeptMetadata: Sendable {
    package let metadata: LambdaMetadata
    /// The end of that time; nil for good.
    private let limit: Instant?

    /// Nil for what may not be kept.
    init?(_ metadata: LambdaMetadata, for lifetime: CacheLifetime) {
        switch lifetime {
        case .none: return nil
        case .seconds(let seconds): limit = .now + .seconds(Int64(seconds))
        case .unlimited: limit = nil
        }
        self.metadata = metadata
    }

    /// True while the metadata may still be used.
    package var isFresh: Bool {
        guard let limit else { return true }
        return .now < limit
    }
}
