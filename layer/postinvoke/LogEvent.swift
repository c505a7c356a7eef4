/// The kind of a log entry, with the identifier that the journal has for it: `journalctl MESSAGE_ID=...` finds all of a kind, and
/// `journalctl -x` explains one by what `tools/systemd/postinvoke.catalog` says of it (systemd.journal-fields(7)).
struct LogEvent {
    /// 32 hexadecimal digits in lower case.
    let messageID: StaticString

    private init(_ messageID: StaticString) { self.messageID = messageID }

    /// An invocation was let go.
    static var released: LogEvent { LogEvent("83242015b0c34f12b9dd23124c4328d6") }
    /// An address cannot be listened at.
    static var cannotListen: LogEvent { LogEvent("eae024b0e54e4baca624c867be416d60") }
    /// Lambda's API failed, and the extension ends.
    static var apiFailed: LogEvent { LogEvent("6a98feda4e254ceb98289fad7031f988") }
    /// A setting cannot be used, and the extension ends.
    static var badSetting: LogEvent { LogEvent("07a04c75ff6e4b0fa8a5d440b82a291f") }
    /// A signal asked for the end.
    static var stopping: LogEvent { LogEvent("f3cfd8fdfb184b219f6e761729fb431f") }
    /// SIGHUP asked for the status.
    static var status: LogEvent { LogEvent("aa174f6ccd424c87935cbf81b5b7cccf") }
    /// The kernel gave no event loop, and the extension ends.
    static var noEventLoop: LogEvent { LogEvent("5ae095de11204d17a4b7060389846c1a") }
    /// A socket that the service manager passed is of no use.
    static var socketRefused: LogEvent { LogEvent("39156f3f6f9c44478554e4936c02623f") }
    /// The service manager cannot be notified.
    static var managerUnreachable: LogEvent { LogEvent("31dc61daade645f28ee53880b3dfa7db") }
}
