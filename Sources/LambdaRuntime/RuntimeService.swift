#if !hasFeature(Embedded)
import HostProcess
import LambdaAPI

/// The Runtime API for async code: the threads that call it, and the workers on them, of which each has a connection of its own
/// and one event at a time.
package final class RuntimeService: Sendable {
    typealias Reply<Value> = CheckedContinuation<Result<Value, RuntimeError>, Never>

    /// A call that a ``RuntimePool`` makes for a task on another thread, which its answer resumes.
    enum Call: Sendable {
        case next(Reply<RuntimeEvent?>)
        case answer(Answer, LambdaContext, Reply<RuntimeEvent?>)
        case write(StreamPiece)
        case initError(FunctionError, Reply<Void>)
        /// No worker asks again; the caller is notified when those that have an event are done with it.
        case drain(@Sendable () -> Void)
        case stop
    }

    /// The thread of a pool, and the calls on their way there.
    typealias PoolThread = LoopThread<(lane: Int, call: Call)>

    enum Workers {
        case one(LoneWorker)
        /// On Managed Instances.
        case pool(PoolThread)
    }

    /// The number of events that are handled at a time, and the kind of environment.
    package let concurrency: Concurrency
    /// Ends the process in good order where Lambda lets events run on until then; nil where it freezes them.
    let termination: Termination?
    let endpoint: LambdaEndpoint
    let workers: Workers

    private init(
        _ endpoint: LambdaEndpoint, _ workers: Workers, _ concurrency: Concurrency, _ termination: Termination?
    ) {
        self.endpoint = endpoint
        self.workers = workers
        self.concurrency = concurrency
        self.termination = termination
    }

    /// Starts the thread, which connects at the first calls.
    ///
    /// - Parameter termination: stops the asking for events, and waits for those under way and what they leave behind.
    package static func start(
        _ endpoint: LambdaEndpoint, _ concurrency: Concurrency = .onDemand, termination: Termination? = nil
    ) async throws(Errno) -> RuntimeService {
        guard concurrency.isManaged else {
            let worker = try LoneWorker(endpoint, termination)
            return RuntimeService(endpoint, .one(worker), concurrency, termination)
        }
        let thread = try await PoolThread.start { loop, _ in
            let pool = RuntimePool(
                loop: loop, endpoint: endpoint, concurrency: concurrency, termination: termination)
            return { pool.perform($0.call, of: $0.lane) }
        }
        // Has the termination wait for the events under way.
        termination?.whenAsked {
            termination?.begin()
            thread.send((0, .drain { termination?.end() }))
        }
        return RuntimeService(endpoint, .pool(thread), concurrency, termination)
    }

    /// Reports that the function cannot start.
    package func initError(_ error: FunctionError) async throws {
        switch workers {
        case .one(let worker): try await worker.result { $0.initError(error, completion: $1) }
        case .pool(let thread):
            try await withCheckedContinuation { thread.send((0, .initError(error, $0))) }.get()
        }
    }

    /// Ends the thread. No call may be under way.
    package func stop() {
        switch workers {
        case .one(let worker): Task { await worker.stop() }
        case .pool(let thread): thread.send((0, .stop))
        }
    }
}
#endif
