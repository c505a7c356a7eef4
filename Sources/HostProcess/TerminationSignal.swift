import CLinux

/// The descriptor that the handler writes to, and the action that was installed before. Plain globals, since a signal
/// handler may take no lock and allocate nothing; both are set before the handler is installed and never again.
private nonisolated(unsafe) var arrival: Int32 = -1
private nonisolated(unsafe) var previous = sigaction()

/// SIGTERM as a descriptor to wait on.
enum TerminationSignal {
    /// Installs the handler, in front of the one there is. Call once.
    ///
    /// A handler, not a signalfd: that would need the signal to be blocked in every thread, and the threads of a
    /// function's libraries are not ours.
    ///
    /// - Returns: an eventfd that becomes readable when the signal has come, and is never closed.
    static func install() -> Int32 {
        arrival = eventfd(0, clinux_eventfd_flags)
        precondition(arrival >= 0, "no descriptor for SIGTERM")
        var action = sigaction()
        action.sa_flags = SA_SIGINFO | SA_RESTART | SA_ONSTACK
        action.__sigaction_handler.sa_sigaction = { signal, information, context in
            let error = clinux_errno()
            callPrevious(signal, information, context)
            // Last: whoever waits for it ends the process.
            var one: UInt64 = 1
            _ = write(arrival, &one, 8)
            clinux_set_errno(error)
        }
        // One call would install the handler and learn of the previous one in the wrong order.
        sigaction(SIGTERM, nil, &previous)
        sigaction(SIGTERM, &action, nil)
        return arrival
    }
}

/// Calls the handler that was there before, if it was a function: not the default, which ends the process, nor none.
private func callPrevious(
    _ signal: Int32, _ information: UnsafeMutablePointer<siginfo_t>?, _ context: UnsafeMutableRawPointer?
) {
    if previous.sa_flags & SA_SIGINFO != 0 {
        previous.__sigaction_handler.sa_sigaction?(signal, information, context)
        return
    }
    guard let handler = previous.__sigaction_handler.sa_handler else { return }
    // SIG_DFL, SIG_IGN and SIG_ERR are no functions but 0, 1 and -1.
    let number = unsafeBitCast(handler, to: Int.self)
    if number > 1 || number < -1 { handler(signal) }
}
