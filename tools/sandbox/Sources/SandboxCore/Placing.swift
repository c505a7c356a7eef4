extension FleetPolicy {
    /// Gives whoever waits a place: callers first, since nobody waits for what becomes of an event.
    mutating func place() {
        var waiting: [Request] = []
        for caller in callers {
            if let number = environment(for: caller.tenant) {
                deliver(caller, nil, to: number)
            } else if environments.count(where: { isReturning($0, for: caller.tenant) })
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
                actions.append(.discard(id: event.request.id, .eventAgeExceeded, attempts: event.attempts))
                continue
            }
            let tenant = event.request.tenant
            var place = environment(for: tenant)
            if place == nil, !environments.contains(where: { isReturning($0, for: tenant) }), makeRoom() {
                place = startEnvironment()
            }
            guard let place, var next = events.popFirst() else { return }
            next.attempts += 1
            deliver(next.request, next, to: place)
        }
    }

    func index(of number: Int) -> Int? { environments.firstIndex { $0.number == number } }

    /// The free environment that was at work last, so that the others may end; one of no tenant if there is none of this.
    private func environment(for tenant: String) -> Int? {
        if limits.isShared, let only = environments.first(where: { !$0.isEnding }) { return only.number }
        var best: FleetEnvironment?
        for environment in environments where environment.isFree && environment.tenant ?? tenant == tenant {
            if let best, best.tenant != nil, environment.tenant == nil || environment.freeSince < best.freeSince {
                continue
            }
            best = environment
        }
        return best?.number
    }

    private func isReturning(_ environment: FleetEnvironment, for tenant: String) -> Bool {
        environment.tenant == tenant && environment.turnaroundEnd(at: now) != nil
    }

    /// Makes room for another environment; at the limit a free one, which is another tenant's, gives way.
    private mutating func makeRoom() -> Bool {
        guard environments.count(where: { !$0.isEnding }) >= limits.environments else { return true }
        let oldest = environments.filter(\.isFree).min { $0.freeSince < $1.freeSince }
        if let oldest { end(oldest.number) }
        return oldest != nil
    }

    @discardableResult
    mutating func startEnvironment() -> Int {
        lastNumber += 1
        environments.append(FleetEnvironment(number: lastNumber, freeSince: now))
        actions.append(.start(environment: lastNumber))
        return lastNumber
    }

    private mutating func deliver(_ request: Request, _ event: QueuedEvent?, to number: Int) {
        environments[index(of: number)!].take(request.tenant)
        attempts[request.id] = Attempt(environment: number, event: event)
        actions.append(.deliver(id: request.id, environment: number))
    }

    mutating func end(_ number: Int) {
        environments[index(of: number)!].isEnding = true
        actions.append(.end(environment: number))
    }

    // MARK: Idleness

    /// When the first of those that are idle has been so for too long; nil for never.
    var idleEnd: Moment? {
        guard let idle = limits.idle, !limits.isShared else { return nil }
        return environments.indices.compactMap { environments[$0].idleSince }.min().map { $0 + idle }
    }

    mutating func endIdle() {
        while let end = idleEnd, end <= now {
            let since = environments.compactMap(\.idleSince).min()
            self.end(environments.first { $0.idleSince == since }!.number)
        }
    }
}
