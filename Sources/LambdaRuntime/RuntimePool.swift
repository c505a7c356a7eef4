#if !hasFeature(Embedded)
import HostProcess
import LambdaAPI

/// The workers of a ``RuntimeService``; lives on the loop's thread alone.
final class RuntimePool {
    /// The most workers that keep their buffers while they wait for an event. Where there are more, each worker frees its
    /// buffers for that time: some 5 KB of memory a worker.
    private static let mostThatKeepBuffers = 64

    private let loop: EventLoop
    private let workers: [RuntimeWorker]

    init(loop: EventLoop, endpoint: LambdaEndpoint, concurrency: Concurrency, termination: Termination?) {
        self.loop = loop
        let troubles = Troubles(workers: concurrency.workers) { log($0, $1) }
        workers = (0..<concurrency.workers).map { _ in
            RuntimeWorker(
                loop: loop, endpoint: endpoint, termination: termination, troubles: troubles,
                keepsBuffers: concurrency.workers <= Self.mostThatKeepBuffers)
        }
    }

    func perform(_ call: RuntimeService.Call, of lane: Int) {
        switch call {
        case .drain(let completion): drain(completion)
        case .stop:
            for worker in workers { worker.close() }
            loop.stop()
        default: workers[lane].perform(call)
        }
    }

    /// No worker asks again; `completion` is called when the last one is done with its event.
    private func drain(_ completion: @escaping () -> Void) {
        // One more than there are workers, so that it is never called before all have been notified.
        var left = workers.count + 1
        let done = {
            left -= 1
            if left == 0 { completion() }
        }
        for worker in workers { worker.stopAsking(done) }
        done()
    }
}
#endif
