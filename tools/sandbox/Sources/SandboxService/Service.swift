import Glibc
import Sandbox

// A program with a sandbox as a service of systemd, in two forms of one shape: with the package trait Systemd, and without.
#if Systemd
import Systemd
import Terminal

/// A program with a sandbox as a service: a passed socket, readiness, status, watchdog, SIGHUP, and what fails as entries
/// of the journal.
package final class Service: Observer {
    private let program: StaticString
    private let tellsFailures: Bool
    private let managed: ManagedService
    private var journal: Journal?
    private var entry = JournalEntry()

    /// A service on a loop. It is ready, and its status may have changed, when the sandbox that it observes says so.
    ///
    /// - Parameters:
    ///   - program: the name that its entries and lines have.
    ///   - tellsFailures: whether invocations that fail and processes that die are reported; not where they are made
    ///     to.
    ///   - status: how the run stands, one line.
    package init(
        loop: EventLoop, program: StaticString, tellsFailures: Bool = true, status: @escaping () -> String
    ) {
        self.program = program
        self.tellsFailures = tellsFailures
        managed = ManagedService(loop: loop) { text in status().withByteView { text.append($0) } }
        do throws(Errno) {
            if LogPlace.ofProcess("POSTINVOKE_LOG") == .journal { journal = try Journal() }
        } catch {
            say("the journal cannot be reached: \(error.text.string); writing to standard error")
        }
        managed.onFailure = { [unowned self] error in
            tell("the service manager cannot be reached: \(error.text.string)", .error, .managerUnreachable, error)
        }
        managed.start()
    }

    /// True if a service manager started this process: SIGHUP then asks for the status, and is no hang-up.
    package var isManaged: Bool { managed.isManaged }

    /// Asked each time before the watchdog is notified that all is well: whether the work itself goes on, too.
    package var isAlive: () -> Bool {
        get { managed.isAlive }
        set { managed.isAlive = newValue }
    }

    /// Takes the first socket that was passed and is of use; nil if there is none. Whoever wrote the socket unit has
    /// decided who can reach it. All others are closed: nobody would answer there.
    package func takeListener() -> SocketBox? {
        let variables = ListenVariables.fromEnvironment { tell($0.string, .error, .socketRefused) }
        guard let variables else { return nil }
        let sockets = PassedSockets(variables)
        var taken: SocketBox?
        for index in 0..<sockets.count {
            var line = Buffer()
            sockets.append(index, to: &line)
            let name = line.readable.string
            do throws(PassedSockets.Refusal) {
                let socket = try sockets.takeListener(index, mayBeReachedFromOutside: true)
                if taken == nil {
                    taken = SocketBox(socket)
                } else {
                    tell("\(name) is one too many: only the first is served", .error, .socketRefused)
                }
            } catch {
                tell("\(name) \(error.message)", .error, .socketRefused)
            }
        }
        return taken
    }

    /// The status as an entry.
    package func tellStatus(_ status: String) { tell(status, .info, .status) }

    /// The end has begun, because of a signal if it has a name.
    package func stopping(_ signal: String?) {
        managed.stopping()
        if let signal { tell("\(signal): shutting down", .info, .stopping) }
    }

    /// Something is not as the run's own plan has it; whoever runs it by hand is shown that otherwise.
    package func tellUnaccounted(_ text: String) { tell(text, .error, .unaccounted, isOnConsole: true) }

    /// Takes the sandbox's reports for readiness, a changed status or, where that is wanted, an entry.
    package func observe(_ happening: Happening, at time: HappeningTime, memory: Int) {
        switch happening {
        // Also when it failed: the next invocation tries again, and callers learn what is wrong.
        case .note(.initEnded): managed.ready()
        case .note(.invocationEnded): managed.changed()
        case .note(.exited(let process, let termination, isExpected: false)):
            guard tellsFailures else { return }
            tell("\(process) ended unasked: \(termination)", .error, .processDied, isOnConsole: true)
        case .answered(let id, let outcome, _):
            guard tellsFailures, let type = outcome.errorType else { return }
            tell(
                "invocation \(id) failed: \(type)", .warning, .invocationFailed, id: id, reason: type, isOnConsole: true
            )
        case .note, .output, .platform: break
        }
    }

    private func tell(
        _ message: String, _ priority: JournalPriority, _ kind: MessageID, _ error: Errno? = nil, id: String? = nil,
        reason: String? = nil, isOnConsole: Bool = false, file: StaticString = #fileID, line: Int = #line,
        function: StaticString = #function
    ) {
        guard let journal else {
            if !isOnConsole { say(message) }
            return
        }
        entry.removeAll()
        message.withByteView { entry.field("MESSAGE", $0) }
        entry.field("PRIORITY", priority.rawValue)
        entry.field("MESSAGE_ID", ByteView(kind.text))
        entry.field("SYSLOG_IDENTIFIER", ByteView(program))
        entry.field("CODE_FILE", ByteView(file))
        entry.field("CODE_LINE", UInt64(line))
        entry.field("CODE_FUNC", ByteView(function))
        if let error { entry.field("ERRNO", UInt64(error.rawValue)) }
        if let id { id.withByteView { entry.field("POSTINVOKE_REQUEST_ID", $0) } }
        if let reason { reason.withByteView { entry.field("POSTINVOKE_REASON", $0) } }
        do {
            try journal.send(entry)
        } catch {
            self.journal = nil
            say("the journal cannot be reached: \(error.text.string); writing to standard error")
            say(message)
        }
    }

    private func say(_ text: String) { Terminal.say(text, as: "\(program)") }
}
#else
/// A program that no manager watches.
package final class Service: Observer {
    package init(loop: EventLoop, program: StaticString, tellsFailures: Bool = true, status: () -> String) {}
    package var isManaged: Bool { false }
    package var isAlive: () -> Bool = { true }
    package func takeListener() -> SocketBox? { nil }
    package func tellStatus(_ status: String) {}
    package func stopping(_ signal: String?) {}
    package func tellUnaccounted(_ text: String) {}
    package func observe(_ happening: Happening, at time: HappeningTime, memory: Int) {}
}
#endif
