#if !hasFeature(Embedded)
import HostProcess
import LambdaAPI

/// One connection to the Runtime API and the event that came over it; lives on its loop's thread alone.
final class RuntimeWorker {
    private let loop: EventLoop
    private let client: RuntimeClient
    private let keepsBuffers: Bool
    private let termination: Termination?
    private let recovery: Recovery
    /// The caller that waits for the next event.
    private var waiting: RuntimeService.Reply<RuntimeEvent?>?
    /// True while an event is there that is not done with.
    private var isBusy = false
    /// The event that waits for its answer.
    private var present: EventRecord?
    /// Its streamed response, from the first byte on.
    private var stream: ResponseStream?
    private var asksAgain = true
    /// Called when the event is done with, after which no other is asked for.
    private var whenDone: (() -> Void)?

    /// - Parameters:
    ///   - troubles: the place to report this worker's troubles that are not the function's.
    ///   - keepsBuffers: true if the worker keeps its buffers while it waits for an event.
    init(
        loop: EventLoop, endpoint: LambdaEndpoint, termination: Termination?, troubles: Troubles, keepsBuffers: Bool
    ) {
        self.loop = loop
        client = RuntimeClient(loop: loop, endpoint: endpoint)
        self.keepsBuffers = keepsBuffers
        self.termination = termination
        recovery = Recovery(loop: loop, troubles: troubles)
        recovery.retry = { [unowned self] in ask() }
    }

    func perform(_ call: RuntimeService.Call) {
        switch call {
        case .next(let reply): next(reply)
        case .answer(let answer, let context, let reply): send(answer, context, reply)
        case .write(let piece): write(piece)
        case .initError(let error, let reply): client.initError(error) { reply.resume(returning: $0) }
        case .drain, .stop: preconditionFailure("a call to all workers")
        }
    }

    /// Ends the connection; whoever waits for an event is notified that none will come.
    func close() {
        asksAgain = false
        recovery.cancel()
        client.close()
        waiting?.resume(returning: .success(nil))
        waiting = nil
    }

    /// Asks for no further event; a call that waits for one is dropped. `done` is called when the event that is there is
    /// done with, in this call if there is none.
    func stopAsking(_ done: @escaping () -> Void) {
        asksAgain = false
        if isBusy {
            whenDone = done
        } else {
            close()
            done()
        }
    }

    private func next(_ reply: RuntimeService.Reply<RuntimeEvent?>, pausesFirst: Bool = false) {
        isBusy = false
        waiting = reply
        guard asksAgain else {
            close()
            whenDone?()
            whenDone = nil
            return
        }
        if pausesFirst { recovery.pause() } else { ask() }
    }

    private func ask() {
        client.next { [unowned self] result in
            guard let reply = waiting else { return }
            switch result {
            case .success(let event):
                recovery.succeeded()
                isBusy = true
                present = event.context.record
                waiting = nil
                reply.resume(returning: .success(event))
            case .failure(let error):
                if !error.meansNoService { return recovery.failed(error) }
                waiting = nil
                reply.resume(returning: .failure(error))
            }
        }
        // Not here: this may be inside the answer to the call before, which has the buffers still.
        if !keepsBuffers { loop.enqueue { [self] in client.http.releaseBuffers() } }
    }

    private func write(_ piece: StreamPiece) {
        // A writer may have been kept beyond its event.
        guard present === piece.context.record else {
            return piece.reply.resume(throwing: LambdaResponseWriter.Ended())
        }
        if stream == nil { stream = ResponseStream(client, piece.context, contentType: piece.kind.contentType) }
        stream?.write(piece.bytes, piece.kind) { piece.reply.resume(with: $0) }
    }

    /// Posts the answer and, once the service has accepted it, starts what waited for that and asks for the next event,
    /// without going through the caller's thread: the service may give the environment's time away from here on.
    private func send(
        _ answer: Answer, _ context: LambdaContext, _ reply: RuntimeService.Reply<RuntimeEvent?>
    ) {
        let completion: (Result<Void, RuntimeError>) -> Void = { [unowned self] result in
            var pausesFirst = false
            if case .failure(let error) = result {
                if !error.concernsOneInvocation {
                    guard !error.meansNoService else { return reply.resume(returning: .failure(error)) }
                    pausesFirst = true
                }
                log(.error, "\(error)", context)
            }
            if !pausesFirst { recovery.answered() }
            context.record.hooks.start(countedBy: termination)
            next(reply, pausesFirst: pausesFirst)
        }
        let stream = stream
        self.stream = nil
        present = nil
        switch answer {
        case .output(let bytes):
            if let stream { return stream.finish(nil, completion: completion) }
            bytes.withByteView { client.response(to: context, body: $0, completion: completion) }
        case .failure(let error):
            if let stream { return stream.finish(error, completion: completion) }
            client.error(error, of: context, completion: completion)
        }
    }
}
#endif
