#if !hasFeature(Embedded)
import HostProcess

/// One of a ``RuntimePool``'s workers, as the task sees it that handles its events: they come one after the other.
struct RuntimeLane: ResponseSink {
    let thread: RuntimeService.PoolThread
    let number: Int

    /// Waits for the first event; nil when none is to be taken any more.
    func next() async throws(RuntimeError) -> RuntimeEvent? {
        try await withCheckedContinuation { send(.next($0)) }.get()
    }

    /// Gives the answer to one event and waits for the next one. In between, when the answer was accepted, the work
    /// left with ``LambdaContext/afterResponse(_:)`` starts.
    func answer(_ answer: Answer, to context: LambdaContext) async throws(RuntimeError) -> RuntimeEvent? {
        try await withCheckedContinuation { send(.answer(answer, context, $0)) }.get()
    }

    func write(_ bytes: [UInt8], _ kind: StreamPiece.Kind, of context: LambdaContext) async throws {
        try await withCheckedThrowingContinuation {
            send(.write(StreamPiece(context: context, kind: kind, bytes: bytes, reply: $0)))
        }
    }

    private func send(_ call: RuntimeService.Call) { thread.send((number, call)) }
}
#endif
