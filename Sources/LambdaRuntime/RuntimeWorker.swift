import HostProcess
import LambdaAPI

/// The loop's side of a ``RuntimeService``; lives on the loop's thread alone.
final class RuntimeWorker {
    private let loop: EventLoop
    private let client: RuntimeClient

    init(loop: EventLoop, endpoint: LambdaEndpoint) {
        self.loop = loop
        client = RuntimeClient(loop: loop, endpoint: endpoint)
    }

    func perform(_ call: RuntimeService.Call) {
        switch call {
        case .next(let reply): client.next { reply.resume(returning: $0) }
        case .answer(let answer, let context, let reply): send(answer, context, reply)
        case .initError(let error, let reply): client.initError(error) { reply.resume(returning: $0) }
        case .stop:
            client.close()
            loop.stop()
        }
    }

    /// Posts the answer and, once the service has accepted it, starts what waited for that and asks for the next event,
    /// without going through the caller's thread: the service may give the environment's time away from here on.
    private func send(
        _ answer: RuntimeService.Answer, _ context: LambdaContext, _ reply: RuntimeService.Reply<RuntimeEvent>
    ) {
        let completion: (Result<Void, RuntimeError>) -> Void = { [client] result in
            if case .failure(let error) = result {
                guard error.concernsOneInvocation else { return reply.resume(returning: .failure(error)) }
                StandardError.write("lambda-runtime: \(context.requestID): \(error)")
            }
            context.responseHooks.start()
            client.next { reply.resume(returning: $0) }
        }
        switch answer {
        case .output(let bytes):
            bytes.withByteView { client.response(context.requestID, body: $0, completion: completion) }
        case .failure(let error): client.error(context.requestID, error, completion: completion)
        }
    }
}
