#if !hasFeature(Embedded)
import CLinux
import Synchronization

/// An action that was installed before ours, and the one before that which stepping in front left behind. What these are is
/// never changed nor freed: a signal handler may be reading them on any thread.
private struct Earlier {
    let action: sigaction
    let older: UnsafeMutablePointer<Earlier>?
}

// Plain globals and atomics, since a signal handler may take no lock and allocate nothing.

/// The descriptor that the handler writes to; set before the handler is installed and never again.
private nonisolated(unsafe) var arrival: Int32 = -1
/// Our handler, as the kernel gives it back; set when it is first installed and never again.
private nonisolated(unsafe) var own = 0
/// The handler that ours calls.
private nonisolated(unsafe) let previous = Atomic<UnsafeMutablePointer<Earlier>?>(nil)
/// The thread in which our handler calls another one, 0 for none, and what it calls there.
private let caller = Atomic<UInt>(0)
private nonisolated(unsafe) let called = Atomic<UnsafeMutablePointer<Earlier>?>(nil)

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
        // Globals are made when they are first used, which must not be in the handler.
        caller.store(0, ordering: .relaxed)
        called.store(nil, ordering: .relaxed)
        install(over: present())
        own = number(of: present())
        return arrival
    }

    /// True if somebody has installed another handler after ours.
    static var isReplaced: Bool { number(of: present()) != own }

    /// Installs the handler anew, in front of one that came after it, which is called from now on. One caller at a time.
    ///
    /// - Returns: true if there was one.
    static func stepInFront() -> Bool {
        let present = present()
        guard number(of: present) != own else { return false }
        install(over: present)
        return true
    }

    private static func present() -> sigaction {
        var action = sigaction()
        sigaction(SIGTERM, nil, &action)
        return action
    }

    /// Two calls of sigaction(2) where one would do both: the handler must know of the previous one before it is there.
    private static func install(over present: sigaction) {
        let earlier = UnsafeMutablePointer<Earlier>.allocate(capacity: 1)
        earlier.initialize(to: Earlier(action: present, older: previous.load(ordering: .relaxed)))
        previous.store(earlier, ordering: .releasing)
        var action = sigaction()
        action.sa_flags = SA_SIGINFO | SA_RESTART | SA_ONSTACK
        action.__sigaction_handler.sa_sigaction = { signal, information, context in
            let error = clinux_errno()
            handle(signal, information, context)
            clinux_set_errno(error)
        }
        sigaction(SIGTERM, &action, nil)
    }

    private static func number(of action: sigaction) -> Int {
        unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self)
    }
}

/// Calls the handlers there were before, and reports the signal.
private func handle(
    _ signal: Int32, _ information: UnsafeMutablePointer<siginfo_t>?, _ context: UnsafeMutableRawPointer?
) {
    #if canImport(Glibc)
    let thread = UInt(pthread_self())
    #else
    let thread = UInt(bitPattern: pthread_self())
    #endif
    if caller.load(ordering: .relaxed) == thread {
        // A later handler, which we have stepped in front of, calls the one before it: that is us again.
        let mine = called.load(ordering: .relaxed)
        called.store(mine?.pointee.older, ordering: .relaxed)
        call(mine?.pointee.older, signal, information, context)
        called.store(mine, ordering: .relaxed)
        return
    }
    let first = previous.load(ordering: .acquiring)
    called.store(first, ordering: .relaxed)
    caller.store(thread, ordering: .relaxed)
    call(first, signal, information, context)
    caller.store(0, ordering: .relaxed)
    // Last: whoever waits for it ends the process.
    var one: UInt64 = 1
    _ = write(arrival, &one, 8)
}

/// Calls a handler if it is a function: not the default, which ends the process, nor none.
private func call(
    _ earlier: UnsafeMutablePointer<Earlier>?, _ signal: Int32, _ information: UnsafeMutablePointer<siginfo_t>?,
    _ context: UnsafeMutableRawPointer?
) {
    guard let action = earlier?.pointee.action else { return }
    if action.sa_flags & SA_SIGINFO != 0 {
        action.__sigaction_handler.sa_sigaction?(signal, information, context)
        return
    }
    guard let handler = action.__sigaction_handler.sa_handler else { return }
    // SIG_DFL, SIG_IGN and SIG_ERR are no functions but 0, 1 and -1.
    let number = unsafeBitCast(handler, to: Int.self)
    if number > 1 || number < -1 { handler(signal) }
}
#endif
