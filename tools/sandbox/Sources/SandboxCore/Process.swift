/// The role of a process within the environment.
package enum Role: Hashable, Sendable {
    /// The runtime with the function in it.
    case function
    /// An external extension, by its place in ``Configuration/extensions``.
    case `extension`(Int)
}

/// One process of one start of the environment.
package struct ProcessID: Hashable, Sendable {
    /// Counts the starts of the environment from 1.
    package var generation: Int
    package var role: Role
}

package enum Termination: Equatable, Sendable, CustomStringConvertible {
    case code(Int32)
    case signal(Int32)

    /// The words that Lambda uses: `exit status 3`, `signal: killed`.
    package var description: String {
        switch self {
        case .code(let code): "exit status \(code)"
        case .signal(let number): "signal: \(Self.words[number] ?? "signal \(number)")"
        }
    }

    private static let words: [Int32: String] = [
        1: "hangup", 2: "interrupt", 3: "quit", 4: "illegal instruction", 5: "trace/breakpoint trap", 6: "aborted",
        7: "bus error", 8: "floating point exception", 9: "killed", 10: "user defined signal 1",
        11: "segmentation fault", 12: "user defined signal 2", 13: "broken pipe", 14: "alarm clock", 15: "terminated",
    ]
}

/// A signal the environment sends.
package enum ProcessSignal: Sendable {
    /// SIGTERM for the process group: the function may clean up.
    case terminate
    /// SIGKILL for the process and all that it has started.
    case kill
}

/// Where a process is in its life.
enum ProcessState: Equatable {
    case absent
    case running
    case exited(Termination)
    case notStarted(String)

    var isRunning: Bool { self == .running }
}
