/// The environments of one function: carries out what a ``SandboxCore/FleetPolicy`` decides.
///
/// It lives on an event loop and belongs to that loop's thread.
package final class Fleet {
    package let loop: EventLoop
    package let settings: Settings
    /// The observers of a new environment, in the order in which they are notified.
    package var makeObservers: (Sandbox) -> [any Observer] = { _ in [] }
    /// Called with each invocation that is asked for.
    package var onInvoke: ((Invocation) -> Void)?
    /// Called with each event that nothing more is done about although it did not succeed.
    package var onDiscard: ((DiscardedEvent) -> Void)?
    /// Called with each invocation that is refused since too many environments are at work or, if it is an event, too many wait.
    package var onRefusal: ((Invocation) -> Void)?
    /// Called once, when every environment has been shut down.
    package var onClose: (() -> Void)?

    private let inherited: [String: String]
    #if !DEBUG
    @exclusivity(unchecked)
    #endif
    private var policy: FleetPolicy
    private var sandboxes: [Int: Sandbox] = [:]
    private var requests: [String: Request] = [:]
    private var identifiers = IdentifierSource(seed: UInt64.random(in: 0...UInt64.max))
    private var timer: EventLoop.Timer!
    #if !DEBUG
    @exclusivity(unchecked)
    #endif
    private var inputs: [FleetPolicy.Input] = []
    #if !DEBUG
    @exclusivity(unchecked)
    #endif
    private var isHandling = false

    /// An invocation until it is delivered; an event until nothing more is done about it.
    private struct Request {
        /// Of an event, with the number of attempts that it has had.
        var invocation: Invocation
        let onDelivery: (Sandbox) -> Void
        let completion: (Outcome) -> Void
        /// That of an event's newest attempt.
        var outcome: Outcome?
    }

    /// A fleet in which nothing runs yet.
    ///
    /// - Parameter inherited: the variables of this process.
    package init(
        loop: EventLoop, settings: Settings, limits: FleetPolicy.Limits = FleetPolicy.Limits(),
        inherited: [String: String] = [:]
    ) {
        self.loop = loop
        self.settings = settings
        self.inherited = inherited
        var limits = limits
        limits.isShared = settings.kind == .managedInstances
        policy = FleetPolicy(limits)
        timer = loop.makeTimer { [unowned self] in feed(.time) }
    }

    /// The number of calls of the function that wait for an event.
    package var idleWorkers: Int { sandboxes.values.reduce(0) { $0 + $1.idleWorkers } }

    /// True if processes run or start; where none do, the next invocation starts them.
    package var isUp: Bool { sandboxes.values.contains(where: \.isUp) }

    /// True if an event that has failed is to be tried again, or is being.
    package var isRetrying: Bool { policy.isRetrying }

    /// The number of events that wait for an attempt.
    package var eventCount: Int { policy.eventCount }

    /// Starts the first environment now rather than at the first invocation.
    package func start() { feed(.start) }

    package func makeRequestID() -> String { identifiers.uuid() }

    package func makeTraceID() -> String { identifiers.traceHeader(seconds: WallClock.milliseconds / 1000) }

    /// Invokes the function in the environment that the policy chooses.
    ///
    /// - Parameters:
    ///   - invocation: its id must be a fresh one, of ``makeRequestID()``.
    ///   - onDelivery: called with the environment that is about to have it; never, when there is none.
    ///   - completion: called with what a caller gets; for an event, at each attempt, and before this returns when it is refused.
    package func invoke(
        _ invocation: Invocation, onDelivery: @escaping (Sandbox) -> Void = { _ in },
        completion: @escaping (Outcome) -> Void
    ) {
        var invocation = invocation
        // The attempts of an event have one trace.
        if invocation.traceID.isEmpty { invocation.traceID = makeTraceID() }
        onInvoke?(invocation)
        requests[invocation.id] = Request(invocation: invocation, onDelivery: onDelivery, completion: completion)
        feed(
            .invoke(
                FleetPolicy.Request(
                    invocation.id, tenant: invocation.tenantID, isEvent: invocation.isAsynchronous,
                    bytes: invocation.payload.count)))
    }

    /// Ends every environment in order; ``onClose`` is called when that is done.
    package func shutdown() { feed(.shutdown) }

    /// Starts each environment anew once nobody is at work in it: the programs are other ones now.
    package func renew() { for number in sandboxes.keys.sorted() { sandboxes[number]!.renew() } }

    /// Kills every process now.
    package func kill() { for sandbox in sandboxes.values { sandbox.kill() } }

    /// Hands an input to the policy, or keeps it until the present one has been dealt with.
    private func feed(_ input: FleetPolicy.Input) {
        inputs.append(input)
        guard !isHandling else { return }
        isHandling = true
        var index = 0
        while index < inputs.count {
            let actions = policy.handle(inputs[index], at: Moment(nanoseconds: Instant.now.nanoseconds))
            index += 1
            for action in actions { perform(action) }
        }
        inputs.removeAll(keepingCapacity: true)
        isHandling = false
        if let deadline = policy.nextDeadline {
            timer.arm(at: Instant(nanoseconds: deadline.nanoseconds))
        } else {
            timer.cancel()
        }
        if policy.isClosed, let onClose {
            self.onClose = nil
            loop.enqueue(onClose)
        }
    }

    private func perform(_ action: FleetPolicy.Action) {
        switch action {
        case .start(let number): start(number)
        case .deliver(let id, let number): deliver(id, to: sandboxes[number]!)
        case .end(let number): sandboxes[number]!.shutdown()
        case .refuse(let id):
            guard let request = requests.removeValue(forKey: id) else { return }
            onRefusal?(request.invocation)
            request.completion(.failure(.throttled))
        case .interrupt(let id): requests.removeValue(forKey: id)?.completion(.failure(.interrupted))
        case .complete(let id): requests[id] = nil
        case .discard(let id, let condition, let attempts):
            guard let request = requests.removeValue(forKey: id) else { return }
            onDiscard?(
                DiscardedEvent(
                    invocation: request.invocation, condition: condition, attempts: attempts, outcome: request.outcome))
        }
    }

    private func start(_ number: Int) {
        // What is at a fixed port needs a number that comes again, and that nobody has whose processes may still be there.
        let taken = Set(sandboxes.values.map(\.place))
        let place = (1...).first { !taken.contains($0) }!
        let sandbox = Sandbox(loop: loop, settings: settings, inherited: inherited, number: number, place: place)
        sandboxes[number] = sandbox
        // The policy is told behind the observers made here: what it decides then may be the next thing that they observe.
        sandbox.observers = makeObservers(sandbox) + [Link(fleet: self, number: number)]
        sandbox.onClose = { [weak self] in
            guard let self else { return }
            sandboxes[number] = nil
            feed(.closed(environment: number))
        }
        sandbox.start()
    }

    private func deliver(_ id: String, to sandbox: Sandbox) {
        guard let request = requests[id] else { return }
        if request.invocation.isAsynchronous { requests[id]!.invocation.attempt += 1 } else { requests[id] = nil }
        request.onDelivery(sandbox)
        sandbox.invoke(request.invocation, completion: request.completion)
    }

    /// Tells the policy what matters of an environment.
    private final class Link: Observer {
        private unowned let fleet: Fleet
        private let number: Int

        init(fleet: Fleet, number: Int) { (self.fleet, self.number) = (fleet, number) }

        func observe(_ happening: Happening, at time: HappeningTime, memory: Int) {
            switch happening {
            case .note(.initEnded): fleet.feed(.ready(environment: number))
            case .note(.invocationStarted(let id, _, _)): fleet.feed(.began(id: id))
            case .note(.invocationEnded(let report)): fleet.feed(.ended(id: report.id))
            case .answered(let id, let outcome, _):
                fleet.requests[id]?.outcome = outcome
                fleet.feed(.answered(id: id, FleetPolicy.Result(outcome)))
            case .note, .output, .platform: break
            }
        }
    }
}

extension FleetPolicy.Result {
    init(_ outcome: Outcome) {
        switch outcome {
        case .success: self = .success
        case .functionError: self = .failure
        case .failure(let failure): self = failure.isInterruption ? .interruption : .failure
        }
    }
}
