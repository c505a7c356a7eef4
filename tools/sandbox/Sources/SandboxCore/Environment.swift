/// The life of one Lambda execution environment, as a value.
///
/// Whatever happens goes in through ``handle(_:at:)``; what is to be done comes out as a list of ``Action``, to be
/// carried out in order. Nothing here reads a clock, a file or a socket, so a life can be played at any speed.
///
/// ```
///            start or invoke            all asked for next            invoke
///  .cold ------------------> .starting -------------------> .idle <---------> .invoking
///    ^                           |                            |   all asked      |
///    |  all have exited          v  failed, crashed,          v                  v
///    +---------------------- .stopping <-- timed out, shut down -----------------+
///                                |
///                                +--> .closed, after a shutdown
/// ```
///
/// With SnapStart there are two states more before the first invocation: `.snapshot`, in which everything is stopped, and
/// `.restoring`, in which the runtime's hooks run.
///
/// On Managed Instances several events are handled at a time: `.invoking` then lasts while any is, and each has an end of
/// its own, at its response or its timeout.
package struct Environment: Sendable {
    /// Its parts and limits.
    package let configuration: Configuration

    enum Phase {
        /// No process exists.
        case cold
        /// Processes start, register and ask for their first event.
        case starting(Start)
        /// Everybody waits to be restored.
        case snapshot(Snapshot)
        /// The runtime does what it does after the restore.
        case restoring(Restore)
        /// Everybody waits for an event.
        case idle
        /// The invocations in ``running`` are being handled.
        case invoking
        /// Processes are being ended.
        case stopping(Stop)
        case closed
    }

    var phase = Phase.cold
    var generation = 0
    var function = FunctionMember()
    var extensions: [ExtensionMember] = []
    /// The invocations under way, in the order of their STARTs: one at most on demand.
    var running: [RunningInvocation] = []
    var queue = Fifo<QueuedInvocation>()
    var isFrozen = false
    /// A fatal error that a process reported; it takes effect when the process has exited, or then.
    var reported: (failure: Failure, until: Moment)?
    /// The initialization that the next report includes.
    var unreportedInit: Duration?
    /// The restore that the next report includes.
    var unreportedRestore: Duration?
    /// Requests that timed out while their function went on, as on Managed Instances.
    var expired = ExpiredRequests()
    /// On Managed Instances: who came while the environment started waits for a worker until then.
    var graceEnd = Moment.zero
    /// True if its processes run programs that are other ones now.
    var isStale = false
    var mustClose = false
    var identifiers: IdentifierSource
    var now = Moment.zero
    private var actions: [Action] = []

    /// An environment in which nothing runs yet.
    package init(_ configuration: Configuration) {
        self.configuration = configuration
        identifiers = IdentifierSource(seed: configuration.seed)
    }

    /// When ``Input/time`` is wanted, or nil when only other inputs matter. Kept, since a getter would be given a copy of all this.
    package private(set) var nextDeadline: Moment?
    /// True if nothing runs and nothing will ever again; kept like the deadline.
    package private(set) var isClosed = false

    /// The number of calls of the function that wait for an event.
    package var idleWorkers: Int { function.waiting.count }

    /// True if processes run or start; where none do, the next invocation starts them.
    package var isUp: Bool {
        switch phase {
        case .starting, .snapshot, .restoring, .idle, .invoking: true
        case .cold, .stopping, .closed: false
        }
    }

    var isManaged: Bool { configuration.kind == .managedInstances }

    /// True if everybody waits and the processes are stopped.
    package var isAsleep: Bool { isFrozen }

    /// Takes in what happened at a moment and says what to do about it.
    ///
    /// Moments never go back. After the last action nothing is left to do until the next input.
    package mutating func handle(_ input: Input, at moment: Moment) -> [Action] {
        precondition(moment >= now, "time went backwards")
        now = moment
        switch input {
        case .start: if case .cold = phase, generation == 0 { beginStart(.initial) }
        case .invoke(let invocation): accept(invocation)
        case .runtime(let call, let request): handleRuntime(call, request)
        case .extension(let call, let request): handleExtension(call, request)
        case .disconnected(let call): forget(call)
        case .notStarted(let process, let reason): end(process, as: .notStarted(reason))
        case .exited(let process, let status): end(process, as: .exited(status))
        case .renew: renew()
        case .time: break
        case .shutdown: close()
        }
        checkDeadlines()
        while advance() {}
        nextDeadline = findDeadline()
        if case .closed = phase { isClosed = true }
        defer { actions = [] }
        return actions
    }

    private func findDeadline() -> Moment? {
        var next = reported?.until
        func consider(_ moment: Moment?) {
            if let moment, next == nil || moment < next! { next = moment }
        }
        switch phase {
        case .starting(let start): consider(start.deadline)
        case .snapshot(let snapshot): return queue.isEmpty ? nil : snapshot.restorableAt
        case .restoring(let restore): consider(restore.deadline)
        case .invoking: for invocation in running { consider(invocation.deadline) }
        case .stopping(let stop): consider(stop.nextDeadline)
        case .idle where isManaged: break
        case .cold, .idle, .closed: return nil
        }
        if !queue.isEmpty, graceEnd > now { consider(graceEnd) }
        return next
    }

    mutating func act(_ action: Action) { actions.append(action) }

    mutating func note(_ note: Note) { actions.append(.note(note)) }

    mutating func answer(_ call: Call, _ answer: Answer) { actions.append(.answer(call, answer)) }

    mutating func refuse(_ call: Call, _ refusal: Refusal) { actions.append(.answer(call, .refused(refusal))) }

    private mutating func checkDeadlines() {
        switch phase {
        case .starting(let start):
            if let reported, reported.until <= now { return fail(reported.failure) }
            if start.deadline <= now { timeOutStart() }
        case .restoring(let restore):
            if let reported, reported.until <= now { return fail(reported.failure) }
            if restore.deadline <= now { timeOutRestore() }
        case .invoking:
            if let reported, reported.until <= now { return fail(reported.failure) }
            while let index = running.firstIndex(where: { $0.deadline <= now }) { timeOut(index) }
        case .idle: if isManaged, let reported, reported.until <= now { fail(reported.failure) }
        case .stopping: proceed()
        case .cold, .snapshot, .closed: break
        }
    }

    /// Takes one step that the state allows; false when there is none.
    private mutating func advance() -> Bool {
        if beginRenewal() { return true }
        return switch phase {
        case .cold: beginNextFromCold()
        case .starting: finishStart()
        case .snapshot: beginRestore()
        case .restoring: finishRestore()
        case .idle: isManaged ? serveNext() : beginNext()
        case .invoking: isManaged ? finishInvocation() || serveNext() : finishInvocation()
        case .stopping: finishStep()
        case .closed: false
        }
    }

    var isStopping: Bool {
        switch phase {
        case .stopping, .closed: true
        case .cold, .starting, .snapshot, .restoring, .idle, .invoking: false
        }
    }

    mutating func forget(_ call: Call) {
        if let index = running.firstIndex(where: { $0.stream == .open(call) }) { breakOff(index) }
        let isOfFunction = function.waiting.contains(call)
        function.waiting.removeAll { $0 == call }
        if configuration.isAttached, isOfFunction, !isStopping {
            act(.start(ProcessID(generation: generation, role: .function)))
        }
        if function.restoreCall == .waiting(call) { function.restoreCall = .waiting(nil) }
        // One that goes away in an attached function has gone with it.
        if configuration.isAttached { extensions.removeAll { $0.isInternal && $0.waiting == call } }
        for index in extensions.indices where extensions[index].waiting == call { extensions[index].waiting = nil }
    }
}
