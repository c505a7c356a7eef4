/// Something that the environment wants done. Actions are carried out in order, except that an ``answer(_:_:)`` may come before what is
/// told, where no caller gets an answer because of the same, and ``thaw(_:)`` last.
package enum Action: Sendable {
    /// Offer the APIs of a generation; its processes are about to start.
    case openAPI(generation: Int)
    /// The generation is over: whatever its connections still say is void.
    case closeAPI(generation: Int)
    /// Start a process, or have an attached function be started, again perhaps.
    case start(ProcessID)
    /// Send a signal to a process and what it has started.
    case signal(ProcessID, ProcessSignal)
    /// Stop the processes, and what they have started, where they are.
    case freeze([ProcessID])
    /// Let them go on.
    case thaw([ProcessID])
    /// Connections to the APIs that were made before a restore may end; whoever waits is answered over the one it has.
    case renewConnections
    /// Answer a waiting call.
    case answer(Call, Answer)
    /// Hand on to the caller of an invocation, as it comes, the body of a call that has begun.
    case handOn(Call, id: String)
    /// Give the caller of an invocation its answer, this long after START; at once when it never came that far.
    case finish(id: String, Outcome, after: Duration)
    /// Nothing to do: a fact for logs, pictures and records.
    case note(Note)

    /// True if it lets processes go on. Nothing that came of the same input freezes them again.
    package var thaws: Bool { if case .thaw = self { true } else { false } }
}
