extension FleetPolicy {
    package struct Limits: Sendable {
        /// The most environments at a time.
        package var environments = 1
        /// True if the one environment takes as many invocations as come and refuses by itself what is too many, as on Managed
        /// Instances.
        package var isShared = false
        /// The longest time that an environment is kept without an invocation; nil for no end.
        package var idle: Duration?
        /// The time from the end of an event's first attempt to the second; the third has twice that ("How Lambda handles errors
        /// and retries with asynchronous invocation").
        package var retryAfter = Duration.seconds(60)
        /// The longest that an event waits for an attempt, since it came.
        package var eventAge = Duration.seconds(21_600)
        /// The most bytes of events that nothing is decided about yet: those that wait, and those under way. Each counts ``eventCost`` beside
        /// its own.
        package var eventBytes = 64 * 1024 * 1024
        /// About what an event takes beside its payload.
        package static let eventCost = 1024
        /// The number of attempts after the first that an event has.
        package static let retries = 2
        /// The most attempts that an event has.
        package static let attempts = 1 + retries
        /// The time that an environment which has answered counts as one that is about to be free.
        package static let turnaround = Duration.milliseconds(100)

        package init() {}
    }

    /// An invocation as far as its place matters.
    package struct Request: Equatable, Sendable {
        package var id: String
        package var tenant: String
        /// True if nobody waits for the answer.
        package var isEvent: Bool
        /// The bytes of its payload.
        package var bytes: Int

        package init(_ id: String, tenant: String = "", isEvent: Bool = false, bytes: Int = 0) {
            (self.id, self.tenant, self.isEvent, self.bytes) = (id, tenant, isEvent, bytes)
        }

        /// Its part of ``Limits/eventBytes``.
        var cost: Int { bytes + Limits.eventCost }
    }

    package enum Result: Sendable {
        case success
        case failure
        /// The environment was shut down before.
        case interruption
    }

    package enum Input: Sendable {
        /// Start the first environment before anybody needs it.
        case start
        /// An environment has been initialized, for good or bad.
        case ready(environment: Int)
        case invoke(Request)
        /// The invocation has had its START.
        case began(id: String)
        /// The caller of the invocation has its answer.
        case answered(id: String, Result)
        /// The invocation has had its END.
        case ended(id: String)
        /// An environment is no more.
        case closed(environment: Int)
        /// ``FleetPolicy/nextDeadline`` may have come.
        case time
        case shutdown
    }

    package enum Action: Equatable, Sendable {
        /// Make an environment and start it.
        case start(environment: Int)
        case deliver(id: String, environment: Int)
        /// Shut an environment down.
        case end(environment: Int)
        /// The caller is refused: as many environments are at work as may be, or as many events wait.
        case refuse(id: String)
        /// The caller is told that nothing runs any more.
        case interrupt(id: String)
        /// Nothing more is done about an event: it has succeeded.
        case complete(id: String)
        /// The same, after so many attempts without success.
        case discard(id: String, DiscardCondition, attempts: Int)
    }
}
