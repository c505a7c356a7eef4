/// A fact about the environment's life, for logs, pictures and records.
package enum Note: Sendable {
    case initStarted(InitPhase)
    /// A process is about to start.
    case started(process: String)
    case registered(extension: String, ExtensionEvents)
    case subscribed(extension: String, TelemetrySubscription)
    /// A process asked for its first event.
    case ready(process: String)
    case initEnded(InitReport)
    /// Everything was stopped, to be restored later; without hooks the runtime waits for an event, and for no restore.
    case snapshotTaken(hasHooks: Bool)
    case restoreStarted
    /// A restore ended: the runtime has asked for an event.
    case restoreEnded(RestoreReport)
    /// An invocation begins, of which its caller asked at `received`.
    case invocationStarted(id: String, received: Moment, deadline: Moment)
    /// Nobody waits for the answer to the invocation that has just begun, which is this attempt at its event, from 1.
    case event(id: String, attempt: Int)
    /// An event went to a process.
    case delivered(id: String, process: String)
    /// The function has begun to stream its answer.
    case responding(id: String)
    /// The function's answer is on its way to the caller.
    case responded(id: String, errorType: String?)
    /// A process is done with the invocation and asked for the next event; on Managed Instances nobody knows for which of
    /// them it was at work, and ``workerIdle(count:)`` reports instead.
    case done(id: String, process: String)
    /// On Managed Instances a worker of the function asked for an event, and so many wait for one now.
    case workerIdle(count: Int)
    case failed(id: String, Failure)
    case invocationEnded(InvocationReport)
    /// All processes were stopped where they are.
    case frozen
    /// All processes go on.
    case thawed
    /// The processes are about to be ended.
    case stopping(ShutdownReason, isReset: Bool)
    /// A process was asked to end: SIGTERM, SHUTDOWN or SIGKILL.
    case notified(process: String, ShutdownNotice)
    /// A process ended; unexpectedly, unless it was asked to.
    case exited(process: String, Termination, isExpected: Bool)
    /// All processes have ended.
    case stopped(StopReport)
}

/// The way a process is asked to end.
package enum ShutdownNotice: String, Sendable {
    /// A signal that can be handled.
    case terminate = "SIGTERM"
    /// The event of the Extensions API.
    case shutdown = "SHUTDOWN"
    /// A signal that cannot be handled.
    case kill = "SIGKILL"
}

/// When an initialization takes place.
package enum InitPhase: String, Sendable {
    /// Before any invocation.
    case initial = "init"
    /// Again, as part of an invocation, because the environment had been reset.
    case invoke
}

/// The outcome of an initialization.
package struct InitReport: Sendable {
    /// When it took place.
    package var phase: InitPhase
    package var duration: Duration
    /// Why it failed, if it did.
    package var failure: Failure?
    package var extensions: [ExtensionReport]
    /// True if it was for a snapshot: it is then no invocation's part, and no invocation's report includes it.
    package var isForSnapshot: Bool
    /// The calls that never came, when its time ran out.
    package var missing: [MissingCall]
    /// The process that could not be started; of a part of an invocation, whose failure says it, nil.
    package var unstarted: UnstartedProcess?
}

/// An extension as an initialization leaves it.
package struct ExtensionReport: Sendable {
    /// The state that it reached, in the service's words.
    package enum State: String, Sendable {
        case started = "Started"
        case registered = "Registered"
        case ready = "Ready"
        case initError = "InitError"
        case exited = "Exited"
        case launchError = "LaunchError"
    }

    package var name: String
    package var state: State
    /// The events that it asked for.
    package var events: ExtensionEvents
}

/// A call that an initialization waited for in vain.
package struct MissingCall: Equatable, Sendable {
    package enum Kind: Sendable {
        /// Of an extension, before the function is started.
        case registration
        /// Of an extension, for its first event.
        case eventNext
        /// Of the function, for its first event.
        case invocationNext
    }

    package var process: String
    package var kind: Kind
    /// True if it was a part of an invocation, and had that one's time.
    package var isInInvocation = false
}

/// A process that could not be started.
package struct UnstartedProcess: Equatable, Sendable {
    package var process: String
    package var reason: String
}

/// The course of a restore.
package struct RestoreReport: Sendable {
    /// From its beginning to the runtime's call for an event.
    package var duration: Duration
    /// Why it failed, if it did.
    package var failure: Failure?
}

/// The outcome of an invocation.
package struct InvocationReport: Sendable {
    package var id: String
    /// When it was asked for.
    package var received: Moment
    /// START.
    package var started: Moment
    /// END.
    package var ended: Moment
    /// When the caller had its answer; nil when the invocation failed before there was one of the function.
    package var responded: Moment?
    /// When the function asked for the next event.
    package var functionDone: Moment?
    /// When the last extension asked for the next event; nil when none was notified of the invocation.
    package var extensionsDone: Moment?
    /// The initialization before it, when this is the first invocation after one.
    package var initDuration: Duration?
    /// The restore before it, when this is the first invocation after one.
    package var restoreDuration: Duration?
    /// True if the environment was initialized again as part of it.
    package var wasReinitialized = false
    /// The error type of the function's own answer, nil for a good one or none.
    package var responseErrorType: String?
    /// Why it failed, if it did.
    package var failure: Failure?

    /// START to END.
    package var duration: Duration { ended - started }
    /// True if the environment was made for it.
    package var isCold: Bool { initDuration != nil || restoreDuration != nil || wasReinitialized }
    /// The time that is paid for, in milliseconds: START to END and the initialization or the restore before it,
    /// rounded up.
    package var billedMilliseconds: Int64 {
        Self.roundedUp(duration + (initDuration ?? .zero)) + (billedRestoreMilliseconds ?? 0)
    }
    /// The part of the restore before it that is paid for, in milliseconds: the runtime's, which here is all of it. Nil
    /// without a restore.
    package var billedRestoreMilliseconds: Int64? { restoreDuration.map(Self.roundedUp) }

    private static func roundedUp(_ duration: Duration) -> Int64 { (duration.nanoseconds + 999_999) / 1_000_000 }
    /// The time for which extensions kept the environment awake after the function had asked for the next event.
    package var postRuntimeExtensions: Duration? {
        guard let functionDone, let extensionsDone else { return nil }
        return max(extensionsDone - functionDone, .zero)
    }
    /// The time for which the environment was held awake after the response.
    package var hold: Duration? { responded.map { ended - $0 } }
}

/// The outcome of ending the processes.
package struct StopReport: Sendable {
    /// The reason they were given.
    package var reason: ShutdownReason
    /// True if the environment can start again.
    package var isReset: Bool
    package var duration: Duration
    /// Processes that had to be killed although they could have ended by themselves.
    package var killed: [String]
    /// Extensions that were asked to end and did so, but not with success.
    package var failed: [String]

    /// True if everybody ended in time and well.
    package var isClean: Bool { killed.isEmpty && failed.isEmpty }
}
