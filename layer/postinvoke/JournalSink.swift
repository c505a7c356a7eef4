import Hold
import LambdaExtension

// The journal as a place for entries, in two forms of one shape: with the package trait Systemd, and without, where
// nothing of it is left in the program.
#if Systemd
import Systemd

/// The origin of an entry.
struct LogOrigin {
    let event: LogEvent
    let error: Errno?
    let file: StaticString
    let line: Int
    let function: StaticString
}

/// The journal, once it is open.
struct JournalSink: ~Copyable {
    /// The policy's state, a field of every entry.
    private var state: HoldPolicy.State?
    /// The format that `POSTINVOKE_LOG` asks for on standard error; nil if it asks for none.
    private(set) var format: LogFormat?
    private var journal: Journal?
    private var entry = JournalEntry()

    /// Opens the journal if `POSTINVOKE_LOG` says so, or if it says nothing and standard error is the journal's. One
    /// that cannot be reached is reported in one line, and entries go to standard error.
    ///
    /// - Throws: what is wrong with `POSTINVOKE_LOG`.
    mutating func open() throws(SettingError) {
        let variable: StaticString = "POSTINVOKE_LOG"
        switch LogPlace.ofProcess(variable) {
        case .standardError: return
        case .text: return format = .text
        case .json: return format = .json
        case .journal: break
        case nil:
            throw SettingError(
                variable: variable, value: ProcessEnvironment.value(of: variable), fault: "is no place for the log",
                allowed: "journal, stderr or json")
        }
        do {
            journal = try Journal()
        } catch {
            sayUnreachable(error)
        }
    }

    /// Notes the policy's state.
    mutating func note(_ state: @autoclosure () -> HoldPolicy.State) { self.state = state() }

    /// Sends an entry; false if it is to go to standard error.
    mutating func send(
        _ level: LogLevel, from origin: LogOrigin, hold ended: EndedHold?, _ message: ByteView
    ) -> Bool {
        guard let journal else { return false }
        entry.removeAll()
        entry.field("MESSAGE", message)
        entry.field("PRIORITY", level.priority.rawValue)
        entry.field("MESSAGE_ID", ByteView(origin.event.messageID))
        entry.field("SYSLOG_IDENTIFIER", "postinvoke")
        entry.field("CODE_FILE", ByteView(origin.file))
        entry.field("CODE_LINE", UInt64(origin.line))
        entry.field("CODE_FUNC", ByteView(origin.function))
        if let error = origin.error { entry.field("ERRNO", UInt64(error.rawValue)) }
        if let state { entry.field("POSTINVOKE_STATE", ByteView(state.name)) }
        if let ended {
            append(ended.requestID)
            entry.field("POSTINVOKE_REASON", ByteView(ended.reason.name))
            entry.field("POSTINVOKE_HOLD_USEC", ended.microseconds)
        } else if let hold = state?.hold {
            append(hold.requestID)
        }
        do {
            try journal.send(entry)
            return true
        } catch {
            self.journal = nil
            sayUnreachable(error)
            return false
        }
    }

    private mutating func append(_ id: RequestID) {
        id.withBytes { entry.field("POSTINVOKE_REQUEST_ID", ByteView($0)) }
    }

    private func sayUnreachable(_ error: Errno) {
        var line = Buffer()
        line.append("postinvoke: the journal cannot be reached: ")
        error.append(to: &line)
        line.append("; logging to standard error\n")
        StandardStream.error.write(line.readable)
    }
}

extension LogLevel {
    fileprivate var priority: JournalPriority {
        switch self {
        case .trace, .debug: .debug
        case .info: .info
        case .warn: .warning
        case .error: .error
        case .fatal: .critical
        }
    }
}
#else
struct LogOrigin {
    @inline(__always)
    init(event: LogEvent, error: Errno?, file: StaticString, line: Int, function: StaticString) {}
}

struct JournalSink: ~Copyable {
    @inline(__always)
    func note(_ state: @autoclosure () -> HoldPolicy.State) {}
    var format: LogFormat? { nil }

    @inline(__always)
    func open() throws(SettingError) {}

    @inline(__always)
    func send(
        _ level: LogLevel, from origin: LogOrigin, hold: EndedHold?, _ message: ByteView
    ) -> Bool { false }
}
#endif
