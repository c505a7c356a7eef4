extension FleetPolicy {
    /// Gives whoever waits a place: callers first, since nobody waits for what becomes of an event.
    mutating func place() {
        var waiting: [Request] = []
        for caller in callers {
            if let number = environment(for: caller.tenant) {
                deliver(caller, nil, to: number)
            } else if environments.values.count(where: { isReturning($0, for: caller.tenant) })
                > waiting.count(where: { $0.tenant == caller.tenant })
            {
                waiting.append(caller)
            } else if makeRoom() {
                deliver(caller, nil, to: startEnvironment())
            } else {
                actions.append(.refuse(id: caller.id))
            }
        }
        callers = waiting
        events.wake(at: now)
        while let event = events.first {
            if event.received + limits.eventAge <= now {
                _ = events.popFirst()
                dismiss(event, .discard(id: event.request.id, .eventAgeExceeded, attempts: event.attempts))
                continue
            }
            let tenant = event.request.tenant
            var place = environment(for: tenant)
            if place == nil, !environments.values.contains(where: { isReturning($0, for: tenant) }), makeRoom() {
                place = startEnvironment()
            }
            guard let place, var next = events.popFirst() else { return }
            next.attempts += 1
            deliver(next.request, next, to: place)
        }
    }

    /// The free environment that was at work last, so that the others may end; one of no tenant if there is none of this.
    private func environment(for tenant: String) -> Int? {
        if limits.isShared { return environments.keys.first }
        return free.last { environments[$0]!.tenant == tenant } ?? free.last { environments[$0]!.tenant == nil }
    }

    private func isReturning(_ environment: FleetEnvironment, for tenant: String) -> Bool {
        environment.tenant == tenant && environment.turnaroundEnd(at: now) != nil
    }

    /// Makes room for another environment; at the limit a free one, which is another tenant's, gives way.
    private mutating func makeRoom() -> Bool {
        guard environments.count >= limits.environments else { return true }
        guard let oldest = free.first else { return false }
        end(oldest)
        return true
    }

    @discardableResult
    mutating func startEnvironment() -> Int {
        lastNumber += 1
        environments[lastNumber] = FleetEnvironment(freeSince: now)
        free.append(lastNumber)
        actions.append(.start(environment: lastNumber))
        return lastNumber
    }

    private mutating func deliver(_ request: Request, _ event: QueuedEvent?, to number: Int) {
        environments[number]!.take(request.tenant)
        remove(number)
        attempts[request.id] = Attempt(environment: number, event: event)
        actions.append(.deliver(id: request.id, environment: number))
    }

    /// From now on an environment has had no invocation.
    mutating func release(_ number: Int) {
        remove(number)
        free.append(number)
        environments[number]!.freeSince = now
    }

    private mutating func remove(_ number: Int) {
        if let index = free.lastIndex(of: number) { free.remove(at: index) }
    }

    mutating func end(_ number: Int) {
        remove(number)
        environments[number] = nil
        ending.insert(number)
        actions.append(.end(environment: number))
    }

    // MARK: Idleness

    /// The one that has been idle for longest, and when that is too long; nobody could use one that is not ready.
    var idleEnd: (number: Int, at: Moment)? {
        guard let idle = limits.idle, !limits.isShared, let number = free.first(where: { environments[$0]!.isReady })
        else { return nil }
        return (number, environments[number]!.freeSince + idle)
    }

    mutating func endIdle() { while let idle = idleEnd, idle.at <= now { end(idle.number) } }
}
