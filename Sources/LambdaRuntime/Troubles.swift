#if !hasFeature(Embedded)
import LambdaAPI

/// Which of a service's workers have trouble asking for events, logged once per spell: when the first one has, and when
/// all of them are served again. Lives on the loop's thread.
package final class Troubles {
    private let workers: Int
    private let tell: (LogLevel, String) -> Void
    /// The workers in trouble, and the failures since the first of them was.
    private var troubled = 0
    private var failures = 0

    package init(workers: Int, tell: @escaping (LogLevel, String) -> Void) {
        self.workers = workers
        self.tell = tell
    }

    /// A worker's call has failed.
    ///
    /// - Parameter isFirst: true if that worker was not in trouble before.
    package func failed(_ error: RuntimeError, isFirst: Bool) {
        failures += 1
        guard isFirst else { return }
        troubled += 1
        guard troubled == 1 else { return }
        let others = workers == 1 ? "" : ", the others of \(workers) go on"
        tell(.warn, "\(error); a worker pauses and asks again\(others)")
    }

    /// A worker that was in trouble is served again.
    package func recovered() {
        troubled -= 1
        guard troubled == 0 else { return }
        let all = workers == 1 ? "the worker is" : "all \(workers) workers are"
        tell(.info, "\(all) served again, after \(failures) failed calls")
        failures = 0
    }
}
#endif
