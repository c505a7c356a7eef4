/// A signal that ends a run before its time.
package enum StopSignal: Int32, CaseIterable, Sendable {
    case hangUp = 1
    case interruption = 2
    case termination = 15

    /// As `SIGTERM`.
    package var name: String {
        switch self {
        case .hangUp: "SIGHUP"
        case .interruption: "SIGINT"
        case .termination: "SIGTERM"
        }
    }

    /// The exit code that a shell reports for a command that it ended: 128 plus its number.
    package var exitCode: Int32 { 128 + rawValue }
}
