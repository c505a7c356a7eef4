extension Environment {
    /// Puts an invocation into the queue; refuses it when the environment is about to close.
    mutating func accept(_ invocation: Invocation) {
        if mustClose || isClosed {
            act(.finish(id: invocation.id, .failure(.interrupted), after: .zero))
        } else {
            queue.append(invocation, at: now)
        }
    }

    /// From a cold environment the first invocation starts one, unless it was told to start before.
    mutating func beginNextFromCold() -> Bool {
        if mustClose {
            phase = .closed
            note(.stopped(StopReport(reason: .spindown, isReset: false, duration: .zero, killed: [], failed: [])))
            return true
        }
        guard !queue.isEmpty else { return false }
        // The very first start has limits of its own; every later one is a part of the invocation.
        guard generation > 0 else {
            beginStart(.initial)
            return true
        }
        beginInvocation()
        current!.wasReinitialized = true
        beginStart(.invoke)
        return true
    }

    /// From an idle environment the first in the queue is delivered at once.
    mutating func beginNext() -> Bool {
        guard !queue.isEmpty else { return false }
        thaw()
        beginInvocation()
        phase = .invoking
        if let failure = failureOfDead() { fail(failure) } else { deliverCurrent() }
        return true
    }

    private mutating func beginInvocation() {
        let next = queue.popFirst()!
        current = RunningInvocation(
            invocation: next.invocation, received: next.received, started: now, deadline: now + configuration.timeout)
        current!.initDuration = unreportedInit
        unreportedInit = nil
        note(
            .invocationStarted(id: next.invocation.id, received: next.received, deadline: current!.deadline))
    }

    /// Gives the event to everybody who is to have it, now or when they ask.
    mutating func deliverCurrent() {
        function.isOwed = true
        for index in extensions.indices where extensions[index].events.contains(.invoke) {
            extensions[index].isBusy = true
            extensions[index].owed = .invoke
            settleDebt(ofExtension: index)
        }
        settleDebtOfFunction()
    }

    /// Answers the function's call, if it has one and there is an event for it.
    mutating func settleDebtOfFunction() {
        guard function.isOwed, let call = function.parked, let current else { return }
        function.isOwed = false
        function.parked = nil
        self.current!.isDelivered = true
        answer(call, .invocation(current.invocation, deadline: current.deadline))
        note(.delivered(id: current.invocation.id, process: FunctionMember.name))
    }

    /// Answers an extension's call, if it has one and there is an event for it.
    mutating func settleDebt(ofExtension index: Int) {
        guard let owed = extensions[index].owed, let call = extensions[index].parked else { return }
        extensions[index].owed = nil
        extensions[index].parked = nil
        switch owed {
        case .invoke:
            guard let current else { return }
            answer(call, .invoke(current.invocation, deadline: current.deadline))
            note(.delivered(id: current.invocation.id, process: extensions[index].name))
        case .shutdown:
            guard case .stopping(let stop) = phase else { return }
            answer(call, .shutdown(reason: stop.reason, deadline: stop.deadline))
            note(.told(process: extensions[index].name, .shutdown))
        }
    }

    /// The caller gets what the function said.
    mutating func respond(_ outcome: Outcome) {
        guard let current, current.responded == nil else { return }
        self.current!.responded = now
        self.current!.responseErrorType = outcome.errorType
        note(.responded(id: current.invocation.id, errorType: outcome.errorType))
        act(.finish(id: current.invocation.id, outcome, after: now - current.started))
    }

    /// The invocation is over when the response is out and everybody who had the event asked for the next.
    mutating func finishInvocation() -> Bool {
        guard let current, current.responded != nil else { return false }
        switch configuration.kind {
        case .onDemand:
            guard current.functionDone != nil, !extensions.contains(where: \.isBusy) else { return false }
        case .managedInstances: break
        }
        endInvocation(nil)
        becomeIdle()
        return true
    }

    /// Forgets the invocation under way and reports on it.
    mutating func endInvocation(_ failure: Failure?) {
        guard let current else { return }
        self.current = nil
        note(
            .invocationEnded(
                InvocationReport(
                    id: current.invocation.id, received: current.received, started: current.started, ended: now,
                    responded: current.responded, functionDone: current.functionDone,
                    extensionsDone: current.extensionsDone, initDuration: current.initDuration,
                    wasReinitialized: current.wasReinitialized, responseErrorType: current.responseErrorType,
                    failure: failure)))
    }

    /// Nothing to do: the processes sleep until the next event, unless one waits already.
    mutating func becomeIdle() {
        phase = .idle
        guard queue.isEmpty, configuration.kind == .onDemand else { return }
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

    /// The time of the invocation has run out.
    mutating func timeOut() {
        let failure = Failure.timeout(after: configuration.timeout)
        guard configuration.kind == .managedInstances, let current else { return fail(failure) }
        // There the function goes on with it; only the caller is told, and a late response is refused.
        expired.append(current.invocation.id)
        if expired.count > 16 { expired.removeFirst() }
        fail(failure, andStop: false)
        becomeIdle()
    }

    /// Ends what is under way with a failure and begins to end the processes.
    mutating func fail(_ failure: Failure, andStop: Bool = true) {
        guard !isStopping else { return }
        noteFailedStart(failure)
        if let current {
            let id = current.invocation.id
            note(.failed(id: id, failure))
            endInvocation(failure)
            if current.responded == nil {
                act(.finish(id: id, .failure(failure), after: now - current.started))
            }
        }
        guard andStop else { return }
        beginStop(failure.isTimeout ? .timeout : failure == .interrupted ? .spindown : .failure)
    }
}
