/// The decisions about the environments of one function, as a value: which of them takes an invocation, when one is
/// started, and ended, and what becomes of an asynchronous invocation that failed.
///
/// An environment has one invocation at a time, and takes the next when that has ended. Where none is free another is
/// started; at the limit a caller is refused, and an event waits. One that has answered its caller, but whose processes
/// have not asked for the next event yet, is about to be free: whoever comes then waits a moment for it.
///
/// Environments have numbers, from 1, in the order of their starts.
package struct FleetPolicy: Sendable {
    let limits: Limits
    /// Those that have not been told to end.
    var environments: [Int: FleetEnvironment] = [:]
    /// Those of them that have no invocation, first the one that has had none for longest.
    var free: [Int] = []
    var ending: Set<Int> = []
    var lastNumber = 0
    var attempts: [String: Attempt] = [:]
    /// Callers who wait for an environment that is about to be free.
    var callers: [Request] = []
    var events = EventQueue()
    /// The used part of ``Limits/eventBytes``.
    private var eventBytes = 0
    var isClosing = false
    var now = Moment.zero
    var actions: [Action] = []

    /// An invocation that an environment has.
    struct Attempt: Sendable {
        let environment: Int
        let event: QueuedEvent?
        var hasBegun = false
        var hasEnded = false
        var result: Result?
    }

    /// A fleet without an environment yet.
    package init(_ limits: Limits) { self.limits = limits }

    /// When ``Input/time`` is wanted, or nil when only other inputs matter. Kept, since a getter would be given a copy of all this.
    package private(set) var nextDeadline: Moment?
    /// True after a shutdown, when every environment has ended; kept like the deadline.
    package private(set) var isClosed = false

    /// True if an event that has failed is to be tried again, or is being.
    package var isRetrying: Bool {
        events.isRetrying || attempts.values.contains { $0.event.map { $0.attempts > 1 } ?? false }
    }

    /// The number of events that wait for an attempt.
    package var eventCount: Int { events.count }

    private func findDeadline() -> Moment? {
        guard !isClosing else { return nil }
        var next = idleEnd?.at
        func consider(_ moment: Moment?) {
            if let moment, next == nil || moment < next! { next = moment }
        }
        if !callers.isEmpty || events.isWaiting {
            for environment in environments.values { consider(environment.turnaroundEnd(at: now)) }
        }
        if events.count > 0 { consider(events.nextDeadline(limits)) }
        return next
    }

    /// Takes in what happened at a moment and says what to do about it, in order. Moments never go back.
    package mutating func handle(_ input: Input, at moment: Moment) -> [Action] {
        precondition(moment >= now, "time went backwards")
        now = moment
        switch input {
        case .start: if lastNumber == 0 { startEnvironment() }
        case .ready(let number):
            // Initialized again, it is no readier than before.
            guard environments[number]?.isReady == false else { break }
            environments[number]!.isReady = true
            if free.contains(number) { release(number) }
        case .invoke(let request): accept(request)
        case .began(let id): attempts[id]?.hasBegun = true
        case .answered(let id, let result):
            attempts[id]?.result = result
            if let number = attempts[id]?.environment { environments[number]?.answered = now }
            finish(id)
        case .ended(let id):
            attempts[id]?.hasEnded = true
            finish(id)
        case .closed(let number): ending.remove(number)
        case .time: break
        case .shutdown: close()
        }
        if !isClosing {
            place()
            endIdle()
        }
        nextDeadline = findDeadline()
        isClosed = isClosing && environments.isEmpty && ending.isEmpty
        defer { actions = [] }
        return actions
    }

    private mutating func accept(_ request: Request) {
        if isClosing {
            actions.append(.interrupt(id: request.id))
        } else if request.isEvent {
            guard eventBytes + request.cost <= limits.eventBytes else { return actions.append(.refuse(id: request.id)) }
            eventBytes += request.cost
            events.append(QueuedEvent(request: request, received: now))
        } else {
            callers.append(request)
        }
    }

    private mutating func close() {
        guard !isClosing else { return }
        isClosing = true
        for caller in callers { actions.append(.interrupt(id: caller.id)) }
        callers = []
        for number in environments.keys.sorted() { end(number) }
    }

    // MARK: Attempts

    /// An attempt is over when both its answer and its END have come, in either order; one without a START has no END.
    private mutating func finish(_ id: String) {
        guard let attempt = attempts[id], let result = attempt.result, attempt.hasEnded || !attempt.hasBegun else {
            return
        }
        attempts[id] = nil
        if environments[attempt.environment] != nil {
            environments[attempt.environment]!.load -= 1
            if environments[attempt.environment]!.load == 0 { release(attempt.environment) }
        }
        guard let event = attempt.event else { return }
        switch result {
        case .success: dismiss(event, .complete(id: id))
        case .failure where event.attempts >= Limits.attempts:
            dismiss(event, .discard(id: id, .retriesExhausted, attempts: event.attempts))
        case .failure: events.rest(event, until: now + limits.retryAfter * event.attempts)
        // It is left, as those are that were never tried.
        case .interruption: events.append(event)
        }
    }

    /// Nothing more is done about an event.
    mutating func dismiss(_ event: QueuedEvent, _ action: Action) {
        eventBytes -= event.request.cost
        actions.append(action)
    }
}
