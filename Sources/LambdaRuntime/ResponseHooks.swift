import HostProcess

/// The work an invocation left for after its response, and those who are told of that; shared by all copies of its context.
package struct ResponseHooks: ~Copyable, Sendable {
    package enum Work: Sendable {
        /// Done by the thread that knows what becomes of the response, which has nothing else to do.
        case blocking(@Sendable () -> Void)
        /// Done by a task.
        case suspending(SuspendingWork)
    }

    /// Somebody who is told what becomes of the response, on the thread that knows it.
    package protocol Observer: AnyObject, Sendable {
        /// The service has accepted it, or has settled that it will not.
        ///
        /// - Returns: the work that there is now, to be started as any other.
        func takeWork() -> Work?

        /// There is time to see whether what ``takeWork()`` has begun has succeeded: nothing has come since for a while.
        func lookBack()
    }

    // Not private: Swift 6.3.1 could not compile the class in another file that has this within itself.
    enum State {
        case waiting(work: [Work], observers: [any Observer])
        /// Whoever waits for the work at the process's end counts it.
        case answered(Termination?, observers: [any Observer])
    }

    private let state = Mutex(State.waiting(work: [], observers: []))

    /// Keeps `work` until ``start(countedBy:)``, or starts it when that has been.
    package func add(_ work: Work) {
        let answered: State? = state.withLock { state in
            guard case .waiting(var kept, let observers) = state else { return state }
            kept.append(work)
            state = .waiting(work: kept, observers: observers)
            return nil
        }
        if case .answered(let termination, _) = answered { Self.start(work, countedBy: termination) }
    }

    /// Tells `observer` of the response.
    ///
    /// - Returns: false if the response has been.
    package func tell(_ observer: any Observer) -> Bool {
        state.withLock { state in
            guard case .waiting(let work, var observers) = state else { return false }
            observers.append(observer)
            state = .waiting(work: work, observers: observers)
            return true
        }
    }

    /// The response was accepted, or never will be: starts everything kept, in the order it was added, and what
    /// the observers have.
    ///
    /// - Parameter termination: waits for the work at the process's end.
    package func start(countedBy termination: Termination? = nil) {
        let before = state.withLock { state in
            let before = state
            if case .waiting(_, let observers) = state { state = .answered(termination, observers: observers) }
            return before
        }
        guard case .waiting(let work, let observers) = before else { return }
        for work in work { Self.start(work, countedBy: termination) }
        for observer in observers {
            if let work = observer.takeWork() { Self.start(work, countedBy: termination) }
        }
    }

    /// Nothing has come since the response for a while.
    func lookBack() {
        guard case .answered(_, let observers) = state.withLock({ $0 }) else { return }
        for observer in observers { observer.lookBack() }
    }

    private static func start(_ work: Work, countedBy termination: Termination?) {
        switch work {
        case .blocking(let work): work()
        case .suspending(let work): startTask(work, countedBy: termination)
        }
    }
}
