import CLinux

/// The action that a late handler found.
private nonisolated(unsafe) var found = sigaction()

/// Takes SIGTERM as somebody does who does not know of the SDK.
func takeSignal(as start: String) {
    switch start {
    case "late": signal(SIGTERM) { _ in say("handler after\n") }
    case "late-chain":
        var action = sigaction()
        action.sa_flags = SA_SIGINFO
        action.__sigaction_handler.sa_sigaction = { signal, information, context in
            say("handler after\n")
            found.__sigaction_handler.sa_sigaction?(signal, information, context)
        }
        sigaction(SIGTERM, &action, &found)
    default: break
    }
}

/// Writes to standard output as a signal handler may.
private func say(_ line: StaticString) { _ = write(STDOUT_FILENO, line.utf8Start, line.utf8CodeUnitCount) }
