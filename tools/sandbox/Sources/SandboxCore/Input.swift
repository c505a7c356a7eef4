/// Something that happened to the environment.
package enum Input: Sendable {
    /// Begin to initialize, without an invocation yet.
    case start
    /// Somebody invokes the function.
    case invoke(Invocation)
    /// A request to the Runtime API.
    case runtime(Call, RuntimeCall)
    /// A request to the Extensions API.
    case `extension`(Call, ExtensionCall)
    /// Whoever made a call has gone away before its answer.
    case disconnected(Call)
    /// A process could not be started, with the reason.
    case notStarted(ProcessID, String)
    /// A process ended.
    case exited(ProcessID, Termination)
    /// The programs are other ones now: start them anew once nobody is at work.
    case renew
    /// ``Environment/nextDeadline`` may have come.
    case time
    /// Nobody needs the environment any more.
    case shutdown
}
