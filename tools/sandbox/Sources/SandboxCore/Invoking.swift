extension Environment {
    /// The failure of invocations that the shutdown leaves without an end.
    var interruption: Failure { isManaged ? .environmentShutDown : .interrupted }

    /// Puts an invocation into the queue; refuses it when the environment is about to close.
    mutating func accept(_ invocation: Invocation) {
        if mustClose || isClosed {
            act(.finish(id: invocation.id, .failure(interruption), after: .zero))
        } else {
            queue.append(QueuedInvocation(invocation: invocation, received: now))
        }
    }

    /// Gives everybody in the queue the same answer.
    mutating func refuseQueue(_ failure: Failure) {
        while let next = queue.popFirst() { act(.finish(id: next.invocation.id, .failure(failure), after: .zero)) }
    }

    /// From a cold environment the first invocation starts one, unless it was started before.
    mutating func beginNextFromCold() -> Bool {
        if mustClose {
            phase = .closed
            note(.stopped(StopReport(reason: .spindown, isReset: false, duration: .zero, killed: [], failed: [])))
            return true
        }
        guard !queue.isEmpty else { return false }
        // The very first start has limits of its own; every later one is a part of the invocation, but where many would
        // have to share it, or it stands for a snapshot that was taken long before.
        guard generation > 0, configuration.kind == .onDemand else {
            beginStart(.initial)
            return true
        }
        beginInvocation(queue.popFirst()!)
        running[0].wasReinitialized = true
        beginStart(.invoke)
        return true
    }

    /// From an idle environment the first in the queue is delivered at once.
    mutating func beginNext() -> Bool {
        guard let next = queue.popFirst() else { return false }
        thaw()
        beginInvocation(next)
        phase = .invoking
        if let failure = failureOfDead() { fail(failure) } else { deliverCurrent() }
        return true
    }

    mutating func beginInvocation(_ next: QueuedInvocation) {
        let limit =
            isManaged && !next.invocation.isAsynchronous
            ? min(configuration.timeout, Configuration.synchronousLimit) : configuration.timeout
        var invocation = RunningInvocation(
            invocation: next.invocation, received: next.received, started: now, deadline: now + limit)
        invocation.initDuration = unreportedInit
        invocation.restoreDuration = unreportedRestore
        unreportedInit = nil
        unreportedRestore = nil
        running.append(invocation)
        let id = next.invocation.id
        note(.invocationStarted(id: id, received: next.received, deadline: invocation.deadline))
        if next.invocation.isAsynchronous { note(.event(id: id, attempt: next.invocation.attempt)) }
    }

    /// Gives the event to everybody who is to have it, now or when they ask.
    mutating func deliverCurrent() {
        function.hasPendingEvent = true
        for index in extensions.indices where extensions[index].events.contains(.invoke) {
            extensions[index].isBusy = true
            extensions[index].pendingEvent = .invoke
            deliverPending(toExtension: index)
        }
        settleDebtOfFunction()
    }

    /// Answers the function's call, if it has one and there is an event for it.
    mutating func settleDebtOfFunction() {
        guard function.hasPendingEvent, !function.waiting.isEmpty, !running.isEmpty else { return }
        function.hasPendingEvent = false
        deliver(0, to: function.waiting.removeFirst())
        note(.delivered(id: running[0].invocation.id, process: FunctionMember.name))
    }

    /// Answers a call of the function with the event of an invocation, under a fresh invocation id: what was said under an
    /// earlier one is void from here on.
    mutating func deliver(_ index: Int, to call: Call) {
        let id = identifiers.uuid()
        running[index].invocationID = id
        answer(
            call,
            .invocation(running[index].invocation, invocationID: id, deadline: running[index].deadline))
    }

    /// Answers an extension's call, if it has one and there is an event for it.
    mutating func deliverPending(toExtension index: Int) {
        guard let event = extensions[index].pendingEvent, let call = extensions[index].waiting else { return }
        extensions[index].pendingEvent = nil
        extensions[index].waiting = nil
        switch event {
        case .invoke:
            guard let current = running.first else { return }
            answer(call, .invoke(current.invocation, deadline: current.deadline))
            note(.delivered(id: current.invocation.id, process: extensions[index].name))
        case .shutdown:
            guard case .stopping(let stop) = phase else { return }
            answer(call, .shutdown(reason: stop.reason, deadline: stop.deadline))
            note(.notified(process: extensions[index].name, .shutdown))
        }
    }

    /// The caller gets what the function said.
    mutating func respond(_ index: Int, _ outcome: Outcome) {
        let invocation = running[index]
        guard invocation.responded == nil else { return }
        running[index].responded = now
        running[index].responseErrorType = outcome.errorType
        note(.responded(id: invocation.invocation.id, errorType: outcome.errorType))
        act(.finish(id: invocation.invocation.id, outcome, after: now - invocation.started))
    }

    /// An invocation is over when the response is out and, on demand, everybody who had the event asked for the next.
    mutating func finishInvocation() -> Bool {
        guard let index = running.firstIndex(where: { $0.responded != nil }) else { return false }
        if !isManaged {
            guard running[index].functionDone != nil, !extensions.contains(where: \.isBusy) else { return false }
        }
        endInvocation(index, nil)
        becomeIdle()
        return true
    }

    /// Forgets an invocation under way and reports on it.
    private mutating func endInvocation(_ index: Int, _ failure: Failure?) {
        note(.invocationEnded(running.remove(at: index).report(at: now, failure)))
    }

    /// Nothing to do: the processes sleep until the next event, unless one waits already.
    mutating func becomeIdle() {
        phase = running.isEmpty ? .idle : .invoking
        guard queue.isEmpty, !isManaged else { return }
        freeze()
    }

    /// Stops the processes where they are.
    mutating func freeze() {
        isFrozen = true
        act(.freeze(runningProcesses))
        note(.frozen)
    }

    /// Wakes the processes, if they sleep.
    mutating func thaw() {
        guard isFrozen else { return }
        isFrozen = false
        act(.thaw(runningProcesses))
        note(.thawed)
    }

    /// The time of an invocation has run out.
    mutating func timeOut(_ index: Int) {
        let failure = Failure.timeout(after: running[index].limit)
        guard isManaged else { return fail(failure) }
        // There the function goes on with it; only the caller is notified, and a late response is refused.
        expired.add(running[index].invocation.id)
        giveUp(index, failure)
        becomeIdle()
    }

    /// Ends an invocation with a failure, which is reported to its caller if it has no answer yet.
    private mutating func giveUp(_ index: Int, _ failure: Failure) {
        let invocation = running[index]
        note(.failed(id: invocation.invocation.id, failure))
        endInvocation(index, failure)
        guard invocation.responded == nil else { return }
        act(.finish(id: invocation.invocation.id, .failure(failure), after: now - invocation.started))
    }

    /// Ends what is under way with a failure and begins to end the processes.
    mutating func fail(_ failure: Failure) {
        guard !isStopping else { return }
        var failure = failure
        switch phase {
        case .starting(let start):
            noteFailedStart(failure)
            // Repeated inside an invocation on demand; where many wait for it, a start that fails is everybody's answer.
            if isManaged, start.phase == .initial { refuseQueue(failure) }
            if configuration.kind == .snapStart { beginInvocationThatFails() }
        case .restoring(let restore):
            failure.isOfRestore = !failure.isInterruption
            note(.restoreEnded(report(of: restore, failure: failure)))
            beginInvocationThatFails()
        case .cold, .snapshot, .idle, .invoking, .stopping, .closed: break
        }
        while !running.isEmpty { giveUp(0, failure) }
        beginStop(failure.isTimeout ? .timeout : failure.isInterruption ? .spindown : .failure)
    }

    // MARK: Managed Instances

    /// The first in the queue goes to the worker that has waited longest. Without an idle one whoever cannot wait is refused.
    mutating func serveNext() -> Bool {
        // As long as old programs are at work nobody is given to them, or refused.
        guard !queue.isEmpty, !isStale else { return false }
        if !function.waiting.isEmpty {
            beginInvocation(queue.popFirst()!)
            phase = .invoking
            deliver(running.count - 1, to: function.waiting.removeFirst())
            note(.delivered(id: running.last!.invocation.id, process: FunctionMember.name))
            return true
        }
        let hasGrace = now < graceEnd
        let refused = queue.removeFirst { !$0.invocation.isAsynchronous && !($0.isEarly && hasGrace) }
        guard let refused else { return false }
        act(.finish(id: refused.invocation.id, .failure(.unavailable), after: .zero))
        return true
    }
}
