import HostProcess
import LambdaAPI

/// The loop's side of a ``RuntimeService``; lives on the loop's thread alone.
final class RuntimeWorker {
    private let loop: EventLoop
    private let client: RuntimeClient
    /// The id of the event that waits for its answer.
    private var present: String?
    /// Its streamed response, from the first byte on.
    private var stream: ResponseStream?

    init(loop: EventLoop, endpoint: LambdaEndpoint) {
        self.loop = loop
        client = RuntimeClient(loop: loop, endpoint: endpoint)
    }

    func perform(_ call: RuntimeService.Call) {
        switch call {
        case .next(let reply): next(reply)
        case .answer(let answer, let context, let reply): send(answer, context, reply)
        case .write(let piece): write(piece)
        case .initError(let error, let reply): client.initError(error) { reply.resume(returning: $0) }
        case .stop:
            client.close()
            loop.stop()
        }
    }

    private func next(_ reply: RuntimeService.Reply<RuntimeEvent>) {
        client.next { [unowned self] result in
            if case .success(let event) = result { present = event.context.requestID }
            reply.resume(returning: result)
        }
    }

    private func write(_ piece: StreamPiece) {
        // A writer may have been kept beyond its event, where Lambda may also have given the event's id again.
        guard present == piece.requestID else { return piece.reply.resume(throwing: LambdaResponseWriter.Ended()) }
        if stream == nil {
            stream = ResponseStream(client, requestID: piece.requestID, contentType: piece.contentType)
        }
        stream?.write(piece)
    }

    /// Posts the answer and, once the service has accepted it, starts what waited for that and asks for the next event,
    /// without going through the caller's thread: the service may give the environment's time away from here on.
    private func send(
        _ answer: RuntimeService.Answer, _ context: LambdaContext, _ reply: RuntimeService.Reply<RuntimeEvent>
    ) {
        let completion: (Result<Void, RuntimeError>) -> Void = { [unowned self] result in
            if case .failure(let error) = result {
                guard error.concernsOneInvocation else { return reply.resume(returning: .failure(error)) }
                log(.error, "\(error)", context)
            }
            context.responseHooks.start()
            next(reply)
        }
        let stream = stream
        self.stream = nil
        present = nil
        switch answer {
        case .output(let bytes):
            if let stream { return stream.finish(nil, completion: completion) }
            bytes.withByteView { client.response(context.requestID, body: $0, completion: completion) }
        case .failure(let error):
            if let stream { return stream.finish(error, completion: completion) }
            client.error(context.requestID, error, completion: completion)
        }
    }
}
