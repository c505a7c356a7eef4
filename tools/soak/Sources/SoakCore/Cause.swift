/// Why an environment ended before its time, or an invocation failed: something that the run did on purpose.
package enum Cause: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// Where an environment stood when a process was killed.
    package enum Phase: String, Comparable, Sendable {
        /// Processes start, register and ask for their first event.
        case starting = "at the start"
        /// The handler has the event.
        case handler = "in the handler"
        /// The response is out, and the closures run.
        case closures = "while closures ran"
        /// Many events are handled at a time: all of it goes on at once.
        case serving = "at work"
        /// Everybody waits for an event, stopped.
        case frozen = "while frozen"
        /// The environment ends.
        case stopping = "at shutdown"

        /// In the order of their words.
        package static func < (left: Phase, right: Phase) -> Bool { left.rawValue < right.rawValue }
    }

    /// A process was killed.
    case killed(Disturbance.Victim, Disturbance.Weapon, Phase)
    /// A handler did not end before the function's timeout.
    case timeout
    /// A closure went on until the function's timeout: the deadline's margin was not enough on a busy machine.
    case overrunTimeout
    /// In an invocation, its start included if it had one, processes waited for a processor through half of the function's
    /// timeout: the machine's fault, by the kernel's own count.
    case starvation
    /// On Managed Instances: the run was at its end, and what was to outlast its deadline does not outlast SIGTERM.
    case termination
    /// A signal ended the run.
    case interruption

    /// In words, for a table.
    package var description: String {
        switch self {
        case .killed(let victim, let weapon, let phase):
            "\(weapon.rawValue) of the \(victim.rawValue) \(phase.rawValue)"
        case .timeout: "timeout of a handler"
        case .overrunTimeout: "timeout of a closure"
        case .starvation: "timeout for want of a processor"
        case .termination: "SIGTERM at the end of the run"
        case .interruption: "end of the run by a signal"
        }
    }

    /// In the order of their words.
    package static func < (left: Cause, right: Cause) -> Bool { left.description < right.description }
}
