/// One thread, one epoll descriptor, and everything that waits on it: descriptors, timers, signals and a waker.
///
/// The contract, as pseudo-code:
///
///     run():
///         until stopped:
///             timeout = 0 if work is enqueued, else time to the earliest timer, rounded up; else for ever
///                                                     // for ever also if an alarm, a timerfd(2), ends it in time
///             events  = wait(timeout)                 // a signal such as SIGCONT ends the wait early
///             now     = the clock, read once, when it is first asked for
///             for each event, in the kernel's order:
///                 skip it if its registration has gone, was replaced, or lost interest since the wait
///                 call its handler once               // one bounded bite: it is called again if more is there
///                 ask epoll again for what it reports once, unless the handler has read everything
///             if a timer is due at now and all events were delivered:
///                 the same for events = wait(0)           // what came before the clock was read goes before what it ends
///             for each timer due at now, by deadline, then by order of arming:
///                 call its handler                    // armed during this phase: not before the next round
///             for each piece of work enqueued before this phase, in order:
///                 call it
///             run the jobs of tasks and actors that are ready, a bounded share  // not in Embedded Swift
///
/// A handler may do anything to the loop: deregister itself, deregister or close others (their pending events are
/// dropped), register, arm, cancel, enqueue, and stop. No handler is ever called inside another call of this class; work
/// that must follow the present handler is enqueued. After ``stop()`` no further handler is called; what the
/// round still had to deliver is reported again by the next run, or stays armed.
///
/// Fairness: a round calls every ready descriptor once, and once more where a timer is due, so a busy one cannot starve the
/// others, and timers are looked at once a round.
///
/// A process that was stopped, as Lambda freezes an environment, finds both when it goes on: what has arrived meanwhile, and timers
/// long due. The handlers of what has arrived are called first, so that no limit is judged by the clock alone.
///
/// A handler must not block: nothing else runs meanwhile. The loop and everything registered on it belong to one thread;
/// only a ``Waker`` may be used from others. A round allocates no memory.
public final class EventLoop {
    // Release builds leave out the run-time check of exclusive access.
    #if !DEBUG
    @exclusivity(unchecked)
    #endif
    private var poller: Poller
    private let registrations = SlotTable<Registration>()
    private let timers = TimerQueue()
    private let work = List<Work>()
    private var signals: SignalReceiver?
    private var lazyWaker: Waker?
    private var isStopping = false
    private var isInRound = false
    /// The number of events that the last wait reported, and of those that were delivered; the others, after ``stop()``,
    /// are by the next run.
    private var eventsReported = 0
    private var eventsDelivered = 0
    /// The jobs of tasks and actors that wait for the loop to run them.
    let jobs: JobQueue

    /// The clock's reading in the present round, if anybody has asked for it.
    private var reading: Instant?

    /// The handler that ``Waker/wake()`` makes the loop call.
    public var onWake: (() -> Void)?

    /// A loop with nothing registered.
    ///
    /// - Throws: the ``Errno`` of epoll_create1(2): ``Errno/tooManyFiles``, ``Errno/tooManyFilesInSystem`` or
    ///   ``Errno/noMemory``.
    public init() throws(Errno) {
        poller = try Poller()
        jobs = JobQueue(epoll: poller.number)
        keepInImmortalProgram(self)
    }

    #if IMMORTAL
    // In the layer's executable, which never takes it apart (layer/musl-sdk).
    deinit { preconditionFailure("something immortal was released") }
    #else
    // The queue and its armed timers hold each other.
    deinit { timers.removeAll() }
    #endif

    /// The clock's reading, the same for a whole round, or for the part of it behind the look before timers: for handlers that need
    /// no newer one. The clock is read when a round is first asked for it, as many never are.
    public var now: Instant {
        if let reading { return reading }
        let reading = Instant.now
        if isInRound { self.reading = reading }
        return reading
    }

    // MARK: Descriptors

    /// Calls `handler` whenever the descriptor is ready for what `interest` names, or has an error or hang-up.
    ///
    /// The descriptor stays the caller's: deregister before closing it. One whose peer has gone is reported every round
    /// until then, whatever the interest. A handler that captures the loop keeps it alive; capture it unowned.
    ///
    /// - Throws: the ``Errno`` of epoll_ctl(2): `EEXIST` for a descriptor registered already, `EPERM` for a file.
    public func register(
        _ descriptor: borrowing FileDescriptor, for interest: Interest, handler: @escaping (Event) -> Void
    ) throws(Errno) -> Token {
        try register(descriptor, for: interest, .plain(handler))
    }

    /// The same for a registration that waits for ``Interest/arrivals``, now or later: of those the kernel reports what
    /// has come once, and is asked again unless the handler says that it has read everything.
    package func registerReader(
        _ descriptor: borrowing FileDescriptor, for interest: Interest, handler: @escaping (Event) -> ReadOutcome
    ) throws(Errno) -> Token {
        try register(descriptor, for: interest, .reading(handler))
    }

    private func register(
        _ descriptor: borrowing FileDescriptor, for interest: Interest, _ handler: Handler
    ) throws(Errno) -> Token {
        let number = descriptor.rawValue
        let token = registrations.insert(Registration(descriptor: number, interest: interest, handler: handler))
        do {
            try poller.add(number, for: interest, token: token)
        } catch {
            registrations.remove(token)
            throw error
        }
        return token
    }

    /// Changes what a registration is notified of, at once: an event already reported is delivered only as far as it is
    /// still asked for. A system call only if it is a change; nothing happens for a stale token.
    ///
    /// - Throws: the ``Errno`` of epoll_ctl(2): ``Errno/badFileDescriptor`` or `ENOENT` for a descriptor that was
    ///   closed without ``deregister(_:)``. The registration is then what it was.
    public func reregister(_ token: Token, for interest: Interest) throws(Errno) {
        guard let registration = registrations[token], registration.interest != interest else { return }
        try poller.modify(registration.descriptor, for: interest, token: token)
        registrations.update(token) { $0.interest = interest }
    }

    /// Ends a registration; its handler is not called again, not even for an event already reported. Nothing happens for
    /// a stale token.
    public func deregister(_ token: Token) {
        guard let registration = registrations.remove(token) else { return }
        do {
            try poller.remove(registration.descriptor)
        } catch {
            preconditionFailure("deregister after the descriptor was closed")
        }
    }

    // MARK: Timers, work, signals, other threads

    /// Makes a timer, not yet armed.
    public func makeTimer(_ handler: @escaping () -> Void) -> Timer { Timer(queue: timers, handler: handler) }

    /// Calls `work` once, later in this round or in the next one, never inside this call.
    public func enqueue(_ work: @escaping () -> Void) { self.work.append(Work(call: work)) }

    /// Blocks a signal on this thread and calls `handler` on the loop when it comes. Several handlers are called in
    /// order, as one event: all of them, even when one stops the loop. See signal(7) for the numbers; in a process with
    /// several threads all must block the signal, and child processes inherit the block.
    ///
    /// - Throws: ``Errno/invalidArgument`` for a number that is no signal; the first time also the ``Errno`` of
    ///   signalfd(2), such as ``Errno/tooManyFiles``. The handler is then not kept.
    public func handleSignal(_ signal: Int32, handler: @escaping () -> Void) throws(Errno) {
        let receiver: SignalReceiver
        if let signals {
            receiver = signals
        } else {
            receiver = try SignalReceiver(loop: self)
            signals = receiver
        }
        try receiver.handle(signal, handler)
    }

    /// The waker for other threads, made when first asked for.
    ///
    /// - Throws: the ``Errno`` of eventfd(2) or epoll_ctl(2), such as ``Errno/tooManyFiles``; the next call tries
    ///   again.
    public func waker() throws(Errno) -> Waker {
        if let lazyWaker { return lazyWaker }
        let waker = try Waker()
        _ = try register(waker.descriptor, for: .read) { [unowned(unsafe) self] _ in
            waker.drain()
            onWake?()
        }
        lazyWaker = waker
        return waker
    }

    // MARK: Running

    /// Runs rounds until ``stop()``.
    ///
    /// - Throws: the ``Errno`` of epoll_wait(2), which no correct program sees.
    public func run() throws(Errno) {
        isStopping = false
        while !isStopping { try round(until: nil) }
    }

    /// Runs one round, waiting no longer than `deadline`; nil waits for an event or a timer.
    ///
    /// - Returns: the number of handlers called.
    /// - Throws: the ``Errno`` of epoll_wait(2), which no correct program sees.
    @discardableResult
    public func runOnce(until deadline: Instant? = nil) throws(Errno) -> Int {
        isStopping = false
        return try round(until: deadline)
    }

    /// Makes the loop return when the present handler has; nothing happens when it is not running.
    public func stop() { isStopping = true }

    @discardableResult
    private func round(until limit: Instant?) throws(Errno) -> Int {
        precondition(!isInRound, "the loop was run from one of its own handlers")
        isInRound = true
        jobs.beginRound()
        defer {
            jobs.endRound()
            reading = nil
            isInRound = false
        }
        if eventsDelivered == eventsReported {
            try take { () throws(Errno) in try poller.wait(until: nextWake(limit)) }
        }
        var called = deliver()
        if let earliest = timers.earliest, case let due = now, earliest <= due {
            if eventsDelivered == eventsReported, !isStopping {
                try take { () throws(Errno) in try poller.look() }
                // The process may have been stopped since: too old to reckon new deadlines from.
                reading = nil
                called += deliver()
            }
            called += timers.fire(at: due) { !isStopping }
        }
        if work.count > 0, !isStopping { called += runWork() }
        called += jobs.run(on: self) { !isStopping }
        return called
    }

    /// Takes the events of a wait, which none may be left of before.
    private func take(_ wait: () throws(Errno) -> Int) throws(Errno) {
        eventsDelivered = 0
        eventsReported = 0
        eventsReported = try wait()
    }

    /// Calls the handlers of the events that are left; returns how many it called.
    private func deliver() -> Int {
        var called = 0
        while eventsDelivered < eventsReported, !isStopping {
            let (token, event) = poller.event(eventsDelivered)
            eventsDelivered += 1
            if token == .jobs {
                jobs.takeArrivals()
            } else if token == .alarm {
                poller.silenceAlarm()
            } else if let registration = registrations[token], let event = event.limited(to: registration.interest) {
                called += 1
                switch registration.handler {
                case .plain(let handle): handle(event)
                case .reading(let handle):
                    let outcome = handle(event)
                    guard registration.interest == .arrivals, outcome != .drained || event.endsStream else { continue }
                    if !rearm(token) {
                        // The next round delivers it once more, as one that a stop has left.
                        eventsDelivered -= 1
                        return called
                    }
                }
            }
        }
        return called
    }

    /// Has the kernel report again what it has reported; false if it cannot.
    private func rearm(_ token: Token) -> Bool {
        guard let registration = registrations[token] else { return true }
        do {
            try poller.modify(registration.descriptor, for: registration.interest, token: token)
            return true
        } catch {
            return false
        }
    }

    /// The time at which the wait must end at the latest.
    private func nextWake(_ limit: Instant?) -> Instant? {
        if work.count > 0 || jobs.isReady { return Instant(nanoseconds: .min) }
        guard let earliest = timers.earliest else { return limit }
        guard let limit else { return earliest }
        return min(earliest, limit)
    }

    private func runWork() -> Int {
        // Not what is enqueued meanwhile.
        let atHand = work.count
        var done = 0
        while done < atHand, !isStopping {
            work.removeFirst().call()
            done += 1
        }
        return done
    }

    /// A closure put into an array as it is would be wrapped, one allocation each; inside a structure it is not.
    private struct Work {
        var call: () -> Void
    }

    private struct Registration {
        var descriptor: Int32
        var interest: Interest
        var handler: Handler
    }

    private enum Handler {
        case plain((Event) -> Void)
        case reading((Event) -> ReadOutcome)
    }
}
