/// The plan for one invocation of a run: what it does, and what is done to it.
package struct PlannedInvocation: Equatable, Sendable {
    package enum Ending: Equatable, Sendable {
        case response
        /// With an error, after which the closures run all the same.
        case error
        /// Not before the function's timeout: on demand never, on Managed Instances with a response that comes too late.
        case hang
    }

    /// When the driver asks for the next invocation.
    package enum Gap: Equatable, Sendable {
        /// As soon as the caller has the response: nothing is frozen in between.
        case none
        /// As soon as this one has ended: everything is frozen and thawed at once.
        case blink
        /// So many microseconds after the end, frozen.
        case pause(Int)
    }

    /// Its number in the run, from 0.
    package var number: UInt32
    /// The time the handler takes before it ends, in microseconds.
    package var delay: Int
    package var ending: Ending
    /// In the order of registration.
    package var closures: [PlannedClosure]
    /// The pause after it.
    package var gap: Gap
    package var disturbance: Disturbance?

    /// The closures in the order in which they must run: the last one first, and what one leaves right after it.
    package var order: [UInt16] {
        closures.reversed().flatMap { $0.work == .nest ? [$0.index, $0.nestedIndex] : [$0.index] }
    }

    /// True if a closure of it is cut by the deadline.
    package var isOverrun: Bool { closures.contains { $0.work == .overrun || $0.work == .spill } }

    /// True if one of its closures waits for one of its ``partner``.
    package var isMeeting: Bool { closures.contains { $0.work == .meet } }

    /// The number of the invocation that it makes a pair with: 0 and 1, 2 and 3.
    package var partner: UInt32 { number ^ 1 }

    /// True if its times say something about the machinery: nothing was done to it, and nothing in it takes its time.
    package var isUndisturbed: Bool { disturbance == nil && !isOverrun && !isMeeting && ending != .hang }
}

/// A disturbance of a process by the driver during an invocation.
package enum Disturbance: Equatable, Sendable {
    package enum Victim: String, CaseIterable, Sendable {
        /// The runtime with the function in it.
        case function
        case `extension`
    }

    /// The means by which a process is ended.
    package enum Weapon: String, CaseIterable, Sendable {
        /// Cannot be handled.
        case kill = "SIGKILL"
        /// As a bug in the process would.
        case segfault = "SIGSEGV"
    }

    package enum Moment: String, CaseIterable, Sendable {
        /// After the event went to the function.
        case handler
        /// After the caller has the response.
        case closures
        /// After the function asked for the next event.
        case polling
        /// While all is frozen.
        case frozen
        /// In the start that follows an earlier death.
        case start
        /// While the environment ends for the other one's death.
        case shutdown
    }

    case kill(Victim, Weapon, Moment, delay: Int)
    /// Stops a process where it is (SIGSTOP) and lets it go on; the times are microseconds.
    case stall(Victim, delay: Int, duration: Int)
}
