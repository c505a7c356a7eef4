#if !hasFeature(Embedded)
import LambdaAPI

/// The recovery of one worker on a Managed Instance whose call has failed; any others go on. The worker asks again after a
/// pause, which grows with each failure. Lives on the loop's thread.
final class Recovery {
    /// Makes the next attempt.
    var retry: () -> Void = {}

    private let troubles: Troubles
    private var backoff = Backoff()
    private var isInTrouble = false
    private var isPausing = false
    private var timer: EventLoop.Timer?

    /// The time after which a call that is still open was clearly not refused: the trouble is over.
    private static let settlingTime = Backoff.longest * 2

    init(loop: EventLoop, troubles: Troubles) {
        self.troubles = troubles
        timer = loop.makeTimer { [unowned self] in ring() }
    }

    /// Has the worker ask again after a pause.
    func pause() {
        isPausing = true
        timer?.arm(after: backoff.next())
    }

    /// Takes note that the worker's call for an event has failed, and has the worker ask again after a pause.
    func failed(_ error: RuntimeError) {
        troubles.failed(error, isFirst: !isInTrouble)
        isInTrouble = true
        pause()
    }

    /// Takes note that the worker has an event: its trouble is over.
    func succeeded() {
        guard isInTrouble else { return }
        timer?.cancel()
        recover()
    }

    /// Takes note that the service has taken or settled an answer. Failures before it have nothing to do with those to come:
    /// the next pause is the shortest again.
    func answered() { backoff = Backoff() }

    /// Ends the attempts.
    func cancel() { timer?.cancel() }

    private func ring() {
        guard isPausing else { return recover() }
        isPausing = false
        if isInTrouble { timer?.arm(after: Self.settlingTime) }
        retry()
    }

    private func recover() {
        isInTrouble = false
        backoff = Backoff()
        troubles.recovered()
    }
}
#endif
