import HostProcess
import LambdaAPI
import Synchronization

/// The Runtime API for async code: calls travel to a thread that owns an event loop and a ``RuntimeClient``.
///
/// A call is put into the mailbox and the loop woken; the answer resumes the caller. Nobody ever holds the mailbox's
/// lock while waiting.
package final class RuntimeService: Sendable {
    /// The end of an invocation.
    package enum Answer: Sendable {
        /// The output; of one that was streamed there is nothing left here.
        case output([UInt8])
        case failure(FunctionError)
    }

    typealias Reply<Value> = CheckedContinuation<Result<Value, RuntimeError>, Never>

    enum Call: Sendable {
        case next(Reply<RuntimeEvent>)
        case answer(Answer, LambdaContext, Reply<RuntimeEvent>)
        case write(StreamPiece)
        case initError(FunctionError, Reply<Void>)
        case stop
    }

    private let mailbox = Mutex<[Call]>([])
    private let waker: Waker

    private init(waker: Waker) { self.waker = waker }

    /// Starts the thread, which connects at the first call.
    package static func start(_ endpoint: LambdaEndpoint) async throws(Errno) -> RuntimeService {
        let started: Result<RuntimeService, Errno> = await withCheckedContinuation { continuation in
            Thread.start {
                do throws(Errno) {
                    let loop = try EventLoop()
                    let service = RuntimeService(waker: try loop.waker())
                    let worker = RuntimeWorker(loop: loop, endpoint: endpoint)
                    loop.onWake = { for call in service.takeCalls() { worker.perform(call) } }
                    continuation.resume(returning: .success(service))
                    // The only failures of a running loop are our own bugs.
                    do { try loop.run() } catch { fatalError("the runtime's event loop failed: \(error)") }
                    loop.onWake = nil
                } catch {
                    continuation.resume(returning: .failure(error))
                }
            }
        }
        return try started.get()
    }

    /// Waits for the first event.
    package func next() async throws(RuntimeError) -> RuntimeEvent {
        try await withCheckedContinuation { send(.next($0)) }.get()
    }

    /// Gives the answer to one event and waits for the next one. In between, when the answer was accepted, the work
    /// left with ``LambdaContext/afterResponse(_:)`` starts.
    package func answer(_ answer: Answer, to context: LambdaContext) async throws(RuntimeError) -> RuntimeEvent {
        try await withCheckedContinuation { send(.answer(answer, context, $0)) }.get()
    }

    /// Hands on a piece of a streamed response; see ``StreamPiece``.
    func write(_ piece: StreamPiece) { send(.write(piece)) }

    /// Reports that the function cannot start.
    package func initError(_ error: FunctionError) async throws(RuntimeError) {
        try await withCheckedContinuation { send(.initError(error, $0)) }.get()
    }

    /// Ends the thread. No call may be under way.
    package func stop() { send(.stop) }

    private func send(_ call: Call) {
        mailbox.withLock { $0.append(call) }
        waker.wake()
    }

    private func takeCalls() -> [Call] {
        mailbox.withLock { calls in
            defer { calls.removeAll(keepingCapacity: true) }
            return calls
        }
    }
}
