import LambdaAPI

/// How a worker comes back whose call has failed, while others go on: after a pause that grows with each failure. Lives on
/// the loop's thread.
final class Recovery {
    /// Makes the next attempt.
    var retry: () -> Void = {}

    private let troubles: Troubles
    private var backoff = Backoff()
    private var isInTrouble = false
    private var isPausing = false
    private var timer: EventLoop.Timer?

    /// A call that the service has kept open for so long was not refused: there is no trouble any more.
    private static let settlingTime = Backoff.longest * 2

    init(loop: EventLoop, troubles: Troubles) {
        self.troubles = troubles
        timer = loop.makeTimer { [unowned self] in ring() }
    }

    /// The worker asks again after a pause.
    func pause() {
        isPausing = true
        timer?.arm(after: backoff.next())
    }

    /// The worker's call for an event has failed; it asks again after a pause.
    func failed(_ error: RuntimeError) {
        troubles.failed(error, isFirst: !isInTrouble)
        isInTrouble = true
        pause()
    }

    /// The worker has an event.
    func succeeded() {
        guard isInTrouble else { return }
        timer?.cancel()
        recover()
    }

    /// The service has taken or settled an answer: failures before it have nothing to do with those to come.
    func answered() { backoff = Backoff() }

    /// No attempt is made any more.
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
