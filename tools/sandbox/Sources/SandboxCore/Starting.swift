/// An initialization under way.
struct Start: Sendable {
    var phase: InitPhase
    var began: Moment
    var deadline: Moment
}

extension Environment {
    /// Starts the processes: extensions first, the function when all of them have registered.
    mutating func beginStart(_ initPhase: InitPhase) {
        generation += 1
        isStale = false
        function = FunctionMember()
        extensions = configuration.extensions.map { ExtensionMember(name: $0, isInternal: false) }
        reported = nil
        let deadline = initPhase == .initial ? now + configuration.startLimit : running[0].deadline
        phase = .starting(Start(phase: initPhase, began: now, deadline: deadline))
        note(.initStarted(initPhase))
        act(.openAPI(generation: generation))
        for index in extensions.indices { launch(.extension(index)) }
    }

    /// Goes on with a start as far as it can; ends it when everybody asked for an event.
    mutating func finishStart() -> Bool {
        guard case .starting(let start) = phase else { return false }
        guard extensions.allSatisfy(\.isRegistered) else { return false }
        if function.process == .absent {
            launch(.function)
            return true
        }
        guard function.hasAsked, extensions.allSatisfy(\.hasAsked) else { return false }
        note(.initEnded(report(of: start, failure: nil)))
        switch start.phase {
        case .initial:
            switch configuration.kind {
            case .onDemand: unreportedInit = now - start.began
            // Here a start is nobody's part.
            case .managedInstances:
                // Whoever waits now came before that.
                queue.update { $0.isEarly = true }
                graceEnd = start.deadline
            case .snapStart:
                takeSnapshot()
                return true
            }
            becomeIdle()
        case .invoke:
            phase = .invoking
            deliverCurrent()
        }
        return true
    }

    /// The time of a start has run out.
    mutating func timeOutStart() {
        guard case .starting(let start) = phase else { return }
        switch start.phase {
        case .initial: fail(.timeout(after: configuration.startLimit))
        case .invoke: fail(.timeout(after: configuration.timeout))
        }
    }

    /// Says how a start that is being given up went.
    mutating func noteFailedStart(_ failure: Failure) {
        guard case .starting(let start) = phase else { return }
        note(.initEnded(report(of: start, failure: failure)))
    }

    private func report(of start: Start, failure: Failure?) -> InitReport {
        InitReport(
            phase: start.phase, duration: now - start.began, failure: failure,
            extensions: extensions.map { ExtensionReport(name: $0.name, state: $0.state, events: $0.events) },
            isForSnapshot: configuration.kind == .snapStart,
            missing: failure?.isTimeout == true ? missingCalls(of: start.phase) : [],
            unstarted: start.phase == .initial ? unstartedProcess : nil)
    }

    private var unstartedProcess: UnstartedProcess? {
        for role in roles {
            guard case .notStarted(let reason) = state(of: role) else { continue }
            return UnstartedProcess(process: name(of: role), reason: reason)
        }
        return nil
    }

    private func missingCalls(of phase: InitPhase) -> [MissingCall] {
        func call(_ process: String, _ kind: MissingCall.Kind) -> MissingCall {
            MissingCall(process: process, kind: kind, isInInvocation: phase == .invoke)
        }
        let waiting = extensions.filter { !$0.hasAsked }.map {
            call($0.name, $0.isRegistered ? .eventNext : .registration)
        }
        let isFunctionLate = function.process.isRunning && !function.hasAsked
        return waiting + (isFunctionLate ? [call(FunctionMember.name, .invocationNext)] : [])
    }
}
