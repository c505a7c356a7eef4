import HostProcess
import LambdaAPI

/// The Runtime API for async code: calls travel to a thread that owns an event loop and the ``RuntimeWorker``s on it,
/// of which each has a connection of its own and one event at a time. The answer resumes the caller.
package final class RuntimeService: Sendable {
    /// The end of an invocation.
    package enum Answer: Sendable {
        /// The output; of one that was streamed there is nothing left here.
        case output([UInt8])
        case failure(FunctionError)
    }

    typealias Reply<Value> = CheckedContinuation<Result<Value, RuntimeError>, Never>

    enum Call: Sendable {
        case next(Reply<RuntimeEvent?>)
        case answer(Answer, LambdaContext, Reply<RuntimeEvent?>)
        case write(StreamPiece)
        case initError(FunctionError, Reply<Void>)
        case restoreNext(Reply<Void>)
        case restoreError(FunctionError, Reply<Void>)
        /// No worker asks again; the caller is notified when those that have an event are done with it.
        case drain(@Sendable () -> Void)
        case stop
    }

    /// The number of events that are handled at a time, and the kind of environment.
    package let concurrency: Concurrency
    /// Ends the process in good order where Lambda lets events run on until then; nil where it freezes them.
    let termination: Termination?
    let endpoint: LambdaEndpoint
    private let thread: LoopThread<(lane: Int, call: Call)>

    private init(
        _ endpoint: LambdaEndpoint, thread: LoopThread<(lane: Int, call: Call)>, _ concurrency: Concurrency,
        _ termination: Termination?
    ) {
        self.endpoint = endpoint
        self.thread = thread
        self.concurrency = concurrency
        self.termination = termination
    }

    /// Starts the thread, which connects at the first calls.
    ///
    /// - Parameter termination: stops the asking for events, and waits for those under way and what they leave behind.
    package static func start(
        _ endpoint: LambdaEndpoint, _ concurrency: Concurrency = .onDemand, termination: Termination? = nil
    ) async throws(Errno) -> RuntimeService {
        let thread = try await LoopThread<(lane: Int, call: Call)>.start { loop, _ in
            let pool = RuntimePool(
                loop: loop, endpoint: endpoint, concurrency: concurrency, termination: termination)
            return { pool.perform($0.call, of: $0.lane) }
        }
        let service = RuntimeService(endpoint, thread: thread, concurrency, termination)
        termination?.whenAsked { service.drain(for: termination) }
        return service
    }

    /// One for each worker.
    var lanes: [RuntimeLane] { (0..<concurrency.workers).map { RuntimeLane(service: self, number: $0) } }

    /// Reports that the function cannot start.
    package func initError(_ error: FunctionError) async throws(RuntimeError) {
        try await withCheckedContinuation { send(.initError(error, $0), to: 0) }.get()
    }

    /// Says that the function may be put into a snapshot, and waits for its restore.
    func restoreNext() async throws(RuntimeError) {
        try await withCheckedContinuation { send(.restoreNext($0), to: 0) }.get()
    }

    /// Reports that the function cannot go on after its restore.
    func restoreError(_ error: FunctionError) async throws(RuntimeError) {
        try await withCheckedContinuation { send(.restoreError(error, $0), to: 0) }.get()
    }

    /// Ends the thread. No call may be under way.
    package func stop() { send(.stop, to: 0) }

    /// Has the termination wait for the events under way.
    private func drain(for termination: Termination?) {
        termination?.begin()
        send(.drain { termination?.end() }, to: 0)
    }

    func send(_ call: Call, to lane: Int) { thread.send((lane, call)) }
}
