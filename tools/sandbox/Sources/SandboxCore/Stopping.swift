/// The end of the processes, under way.
struct Stop: Sendable {
    enum Step {
        /// The function is to end first.
        case function
        /// Then the extensions.
        case extensions
    }

    var reason: ShutdownReason
    var began: Moment
    /// When the function's share is used up; nil once it was killed.
    var functionDeadline: Moment?
    /// When whatever still runs is killed; nil once that was done.
    var killAt: Moment?
    /// The deadline that SHUTDOWN gives.
    var deadline: Moment
    var step = Step.function
    var killed: [String] = []

    var nextDeadline: Moment? {
        guard step == .function, let functionDeadline else { return killAt }
        return killAt.map { min($0, functionDeadline) } ?? functionDeadline
    }
}

extension Environment {
    /// Nobody needs the environment any more: what is under way or waits fails, then everything ends.
    mutating func close() {
        guard !mustClose, !isClosed else { return }
        mustClose = true
        refuseQueue(interruption)
        switch phase {
        case .cold, .stopping, .closed: break
        case .starting, .restoring, .invoking: fail(interruption)
        case .snapshot, .idle: beginStop(.spindown)
        }
    }

    /// Begins to end the processes: the function first, then the extensions.
    mutating func beginStop(_ reason: ShutdownReason) {
        thaw()
        note(.stopping(reason, isReset: !mustClose))
        unreportedInit = nil
        unreportedRestore = nil
        reported = nil
        graceEnd = .zero
        function.hasPendingEvent = false
        for index in extensions.indices { extensions[index].pendingEvent = nil }
        let hasExternal = extensions.contains { !$0.isInternal }
        let share = configuration.functionShare(besideExternal: hasExternal)
        let limit = hasExternal ? configuration.shutdownLimit : share
        var stop = Stop(reason: reason, began: now, killAt: now + limit, deadline: now + limit)
        if function.process.isRunning {
            if extensions.isEmpty {
                // No one else is there to be notified, so the function is not asked either.
                send(.kill, to: .function)
            } else {
                send(.terminate, to: .function)
                stop.functionDeadline = now + share
            }
        }
        phase = .stopping(stop)
    }

    /// Kills what has used up its time.
    mutating func proceed() {
        guard case .stopping(var stop) = phase else { return }
        if let deadline = stop.functionDeadline, deadline <= now {
            stop.functionDeadline = nil
            if function.process.isRunning {
                stop.killed.append(FunctionMember.name)
                send(.kill, to: .function)
            }
        }
        if let killAt = stop.killAt, killAt <= now {
            stop.killAt = nil
            for index in extensions.indices where !extensions[index].isInternal && extensions[index].process.isRunning {
                stop.killed.append(extensions[index].name)
                send(.kill, to: .extension(index))
            }
        }
        phase = .stopping(stop)
    }

    /// Extensions that were asked to end by an event and did not end well by themselves.
    private func failedExtensions(except killed: [String]) -> [String] {
        extensions.filter { member in
            guard member.events.contains(.shutdown), !killed.contains(member.name) else { return false }
            if case .exited(let end) = member.process { return end != .code(0) }
            return false
        }.map(\.name)
    }

    /// Goes on to the next step of a stop when the one before is done.
    mutating func finishStep() -> Bool {
        guard case .stopping(var stop) = phase, !function.process.isRunning else { return false }
        switch stop.step {
        case .function:
            stop.step = .extensions
            phase = .stopping(stop)
            for index in extensions.indices where !extensions[index].isInternal && extensions[index].process.isRunning {
                if extensions[index].events.contains(.shutdown) {
                    extensions[index].pendingEvent = .shutdown
                    deliverPending(toExtension: index)
                } else {
                    send(.kill, to: .extension(index))
                }
            }
        case .extensions:
            guard runningProcesses.isEmpty else { return false }
            phase = mustClose ? .closed : .cold
            act(.closeAPI(generation: generation))
            note(
                .stopped(
                    StopReport(
                        reason: stop.reason, isReset: !mustClose, duration: now - stop.began, killed: stop.killed,
                        failed: failedExtensions(except: stop.killed))))
        }
        return true
    }
}
