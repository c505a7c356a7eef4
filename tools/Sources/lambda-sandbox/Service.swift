import Glibc
import Sandbox

// The sandbox as a service of systemd, in two forms of one shape: with the package trait Systemd, and without.
#if Systemd
import Systemd

/// The sandbox as a service: a passed socket, readiness, status, watchdog, SIGHUP, and what fails as entries of the
/// journal.
final class Service: Observer {
    private let managed: ManagedService
    private var journal: Journal?
    private var entry = JournalEntry()

    /// A service on a loop.
    ///
    /// - Parameter status: how the run stands, one line.
    init(loop: EventLoop, status: @escaping () -> String) {
        managed = ManagedService(loop: loop) { text in status().withByteView { text.append($0) } }
        do throws(Errno) {
            if LogPlace.ofThisProcess == .journal { journal = try Journal() }
        } catch {
            say("the journal cannot be reached: \(error.text.string); writing to standard error")
        }
        managed.onFailure = { [unowned self] error in
            tell("the service manager cannot be reached: \(error.text.string)", .error, .managerUnreachable, error)
        }
        managed.start()
    }

    /// Whether a service manager started this process: SIGHUP then asks for the status, and is no hang-up.
    var isManaged: Bool { managed.isManaged }

    /// Takes the first socket that was passed and is of use; nil if there is none. Whoever wrote the socket unit has
    /// decided who can reach it.
    func takeListener() -> SocketBox? {
        do {
            guard let variables = try ListenVariables.fromEnvironment() else { return nil }
            let sockets = PassedSockets(variables)
            for index in 0..<sockets.count {
                do throws(PassedSockets.Refusal) {
                    return SocketBox(try sockets.takeListener(index, mayBeReachedFromOutside: true))
                } catch {
                    let name = String(decoding: sockets.name(of: index), as: UTF8.self)
                    tell("the passed socket \(name) \(error.message)", .error, .socketRefused)
                }
            }
        } catch {
            tell("\(error.message)", .error, .socketRefused)
        }
        return nil
    }

    /// The status as an entry.
    func tellStatus(_ status: String) { tell(status, .info, .status) }

    /// The end has begun, because of a signal if it has a name.
    func stopping(_ signal: String?) {
        managed.stopping()
        if let signal { tell("\(signal): shutting down", .info, .stopping) }
    }

    func observe(_ happening: Happening, at time: HappeningTime, memory: Int) {
        switch happening {
        // Also when it failed: the next invocation tries again, and callers are told what is wrong.
        case .note(.initEnded): managed.ready()
        case .note(.invocationEnded): managed.changed()
        case .note(.exited(let process, let termination, isExpected: false)):
            tell("\(process) ended unasked: \(termination)", .error, .processDied, isOnConsole: true)
        case .answered(let id, let outcome, _):
            guard let type = outcome.errorType else { return }
            tell(
                "invocation \(id) failed: \(type)", .warning, .invocationFailed, id: id, reason: type, isOnConsole: true
            )
        case .note, .output: break
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
        entry.field("SYSLOG_IDENTIFIER", "lambda-sandbox")
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
}
#else
final class Service: Observer {
    init(loop: EventLoop, status: () -> String) {}
    var isManaged: Bool { false }
    func takeListener() -> SocketBox? { nil }
    func tellStatus(_ status: String) {}
    func stopping(_ signal: String?) {}
    func observe(_ happening: Happening, at time: HappeningTime, memory: Int) {}
}
#endif

/// A socket that can be kept in an optional class reference and taken out once.
final class SocketBox {
    private var socket: Socket?

    init(_ socket: consuming Socket) { self.socket = consume socket }

    /// The socket; nil once it was taken.
    func take() -> Socket? { socket.take() }
}
