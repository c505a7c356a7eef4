/// An event, as an asynchronous invocation is called as long as it waits.
struct QueuedEvent: Sendable {
    let request: FleetPolicy.Request
    let received: Moment
    /// The number of its attempts so far.
    var attempts = 0
}

/// The events that wait: for an environment, or for the time of their next attempt.
struct EventQueue: Sendable {
    private var waiting = Fifo<QueuedEvent>()
    /// By the number of attempts, from one: those of each rest for the same time, and so are in the order of its end.
    private var resting = [Fifo<(event: QueuedEvent, until: Moment)>](
        repeating: Fifo(), count: FleetPolicy.Limits.retries)

    var count: Int { resting.reduce(waiting.count) { $0 + $1.count } }
    /// True if one of them has failed before.
    var isRetrying: Bool { resting.contains { !$0.isEmpty } || waiting.contains { $0.attempts > 0 } }
    /// True if one of them waits for an environment.
    var isWaiting: Bool { !waiting.isEmpty }
    /// The one whose turn it is.
    var first: QueuedEvent? { waiting.first }

    mutating func append(_ event: QueuedEvent) { waiting.append(event) }
    mutating func popFirst() -> QueuedEvent? { waiting.popFirst() }
    mutating func rest(_ event: QueuedEvent, until moment: Moment) {
        resting[event.attempts - 1].append((event, moment))
    }

    /// Those that have rested wait for an environment, behind the others.
    mutating func wake(at now: Moment) {
        for index in resting.indices {
            while let first = resting[index].first, first.until <= now {
                waiting.append(first.event)
                _ = resting[index].popFirst()
            }
        }
    }

    func nextDeadline(_ limits: FleetPolicy.Limits) -> Moment? {
        (resting.compactMap { $0.first?.until }
            + [waiting.first.map { $0.received + limits.eventAge }].compactMap { $0 })
            .min()
    }
}
