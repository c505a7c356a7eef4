#if !hasFeature(Embedded)
import LambdaAPI

/// A response that is posted while its handler is still writing it ("Using the Lambda runtime API", response
/// streaming); lives on the loop's thread.
final class ResponseStream {
    typealias Completion = (Result<Void, RuntimeError>) -> Void

    /// A piece that waits, and who is told when it was taken, or why it never will be.
    private struct Piece {
        let bytes: [UInt8]
        let completion: (Result<Void, any Error>) -> Void
    }

    private var body: HTTPClient.BodyStream?
    /// The pieces that the connection has no room for yet, and how much of the first was taken.
    private var pieces: [Piece] = []
    private var taken = 0
    private var hasBegun = false
    private var outcome: Result<Void, RuntimeError>?
    private var completion: Completion?

    /// Opens the response.
    init(_ client: RuntimeClient, _ context: LambdaContext, contentType: String) {
        body = client.openResponse(context, contentType: contentType) { [self] in end($0) }
        body?.onWritable = { [self] in advance() }
    }

    /// True while there are bytes that the kernel has not taken.
    var isUnsent: Bool { outcome == nil && (body?.unsentCount ?? 0) > 0 }

    /// Sends a piece after those before it.
    ///
    /// - Parameter completion: called once the connection has room for more.
    func write(
        _ bytes: [UInt8], _ kind: StreamPiece.Kind, completion: @escaping (Result<Void, any Error>) -> Void
    ) {
        // Of two tasks that begin the response at a time the writer cannot know whose piece comes here first.
        if case .prelude = kind, hasBegun { return completion(.failure(LambdaResponseWriter.HeadError.tooLate)) }
        hasBegun = true
        pieces.append(Piece(bytes: bytes, completion: completion))
        advance()
    }

    /// Ends the response, with the reason in its trailers where the handler failed.
    ///
    /// - Parameter completion: called with the service's answer, in this call if it came before the end.
    func finish(_ error: FunctionError?, completion: @escaping Completion) {
        dropPieces(LambdaResponseWriter.Ended())
        if let outcome { return completion(outcome) }
        self.completion = completion
        body?.finish { trailers in error?.appendTrailers(to: &trailers) }
    }

    private func advance() {
        guard outcome == nil, let body else { return dropPieces(reason) }
        while let piece = pieces.first {
            taken += piece.bytes.withByteView { body.write($0.dropFirst(taken)) }
            guard taken == piece.bytes.count else { return }
            taken = 0
            pieces.removeFirst().completion(.success(()))
        }
    }

    /// The service has answered, or will not.
    private func end(_ result: Result<Void, RuntimeError>) {
        outcome = result
        body = nil
        dropPieces(reason)
        completion?(result)
        completion = nil
    }

    /// Why nothing can be written after the outcome.
    private var reason: any Error {
        if case .failure(let error) = outcome { return error }
        return LambdaResponseWriter.Ended()
    }

    private func dropPieces(_ reason: any Error) {
        let dropped = pieces
        pieces = []
        taken = 0
        for piece in dropped { piece.completion(.failure(reason)) }
    }
}

extension RuntimeClient {
    /// Begins to answer an invocation with a body that is written over time.
    func openResponse(
        _ context: LambdaContext, contentType: String, completion: @escaping (Result<Void, RuntimeError>) -> Void
    ) -> HTTPClient.BodyStream {
        setTarget(context, "/response")
        return http.openStream(
            "POST", target.readable,
            fields: { head in
                head.appendInvocationID(of: context)
                contentType.withByteView { head.appendField("Content-Type", $0) }
                head.appendField("Lambda-Runtime-Function-Response-Mode", "streaming")
                head.appendField(
                    "Trailer", "Lambda-Runtime-Function-Error-Type, Lambda-Runtime-Function-Error-Body")
            },
            completion: { result in completion(Self.check(result, of: .response).map { _ in }) })
    }
}

extension FunctionError {
    /// Bytes of type and of message beyond which they are cut in trailers: receivers allow those about 16 KiB, and of one
    /// byte escaping and base64 may make eight.
    private static var trailerLimit: (type: Int, message: Int) { (256, 1_500) }

    /// Appends the trailers that end a streamed response whose handler failed.
    func appendTrailers(to trailers: inout Buffer) {
        let short = FunctionError(
            type: String(decoding: type.utf8.prefix(Self.trailerLimit.type), as: UTF8.self),
            message: String(decoding: message.utf8.prefix(Self.trailerLimit.message), as: UTF8.self))
        var report = Buffer()
        short.append(to: &report)
        var encoded = Buffer()
        encoded.append(base64: report.readable)
        headerValue.withByteView { trailers.appendField("Lambda-Runtime-Function-Error-Type", $0) }
        trailers.appendField("Lambda-Runtime-Function-Error-Body", encoded.readable)
    }
}
#endif
