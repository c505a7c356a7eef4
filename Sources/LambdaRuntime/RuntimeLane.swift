/// One of a ``RuntimeService``'s workers, as the task sees it that handles its events: they come one after the other.
package struct RuntimeLane: Sendable {
    let service: RuntimeService
    let number: Int

    /// Waits for the first event; nil when none is to be taken any more.
    func next() async throws(RuntimeError) -> RuntimeEvent? {
        try await withCheckedContinuation { service.send(.next($0), to: number) }.get()
    }

    /// Gives the answer to one event and waits for the next one. In between, when the answer was accepted, the work
    /// left with ``LambdaContext/afterResponse(_:)`` starts.
    func answer(
        _ answer: RuntimeService.Answer, to context: LambdaContext
    ) async throws(RuntimeError) -> RuntimeEvent? {
        try await withCheckedContinuation { service.send(.answer(answer, context, $0), to: number) }.get()
    }

    /// Hands on a piece of a streamed response; see ``StreamPiece``.
    func write(_ piece: StreamPiece) { service.send(.write(piece), to: number) }
}
