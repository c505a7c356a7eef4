@_exported import SandboxCore

/// Something that a picture shows.
package enum Fact: Sendable {
    /// A fact of the environment's life.
    case note(Note)
    /// The caller of an invocation has its answer.
    case answered(id: String, errorType: String?)
}
