import Reactor

/// The kinds of entries that this project writes into the journal, each with an identifier of its own, so that
/// `journalctl MESSAGE_ID=...` finds all of a kind and `journalctl -x` explains it (systemd.journal-fields(7)).
///
/// | entry | who | identifier | fields beside the usual ones |
/// |---|---|---|---|
/// | ``released`` | extension | `83242015b0c34f12b9dd23124c4328d6` | request id, state, reason, microseconds held |
/// | ``cannotListen`` | all | `eae024b0e54e4baca624c867be416d60` | `ERRNO` |
/// | ``apiFailed`` | extension | `6a98feda4e254ceb98289fad7031f988` | |
/// | ``badSetting`` | all | `07a04c75ff6e4b0fa8a5d440b82a291f` | |
/// | ``stopping`` | all | `f3cfd8fdfb184b219f6e761729fb431f` | |
/// | ``status`` | all | `aa174f6ccd424c87935cbf81b5b7cccf` | state; request id while one is held |
/// | ``noEventLoop`` | all | `5ae095de11204d17a4b7060389846c1a` | `ERRNO` |
/// | ``socketRefused`` | extension, sandbox | `39156f3f6f9c44478554e4936c02623f` | |
/// | ``managerUnreachable`` | all | `31dc61daade645f28ee53880b3dfa7db` | `ERRNO` |
/// | ``invocationFailed`` | sandbox | `b0c00e77ad0e44c9b13b494d48a22620` | request id, reason |
/// | ``processDied`` | sandbox | `58e28d1be0204e86ae8f62936522e626` | |
/// | ``unaccounted`` | soak | `f3e6c0a56117495398449b805ff4f2ed` | |
///
/// The fields' names: `POSTINVOKE_REQUEST_ID`, `POSTINVOKE_STATE`, `POSTINVOKE_REASON` and `POSTINVOKE_HOLD_USEC`; the
/// usual ones are `MESSAGE`, `PRIORITY`, `MESSAGE_ID`, `SYSLOG_IDENTIFIER`, `CODE_FILE`, `CODE_LINE` and `CODE_FUNC`.
public struct MessageID: Sendable {
    /// 32 hexadecimal digits in lower case.
    public let text: StaticString

    private init(_ text: StaticString) { self.text = text }

    /// An invocation was let go.
    public static var released: MessageID { MessageID("83242015b0c34f12b9dd23124c4328d6") }
    /// An address cannot be listened at.
    public static var cannotListen: MessageID { MessageID("eae024b0e54e4baca624c867be416d60") }
    /// Lambda's API failed, and the extension ends.
    public static var apiFailed: MessageID { MessageID("6a98feda4e254ceb98289fad7031f988") }
    /// A setting cannot be used, and the program ends.
    public static var badSetting: MessageID { MessageID("07a04c75ff6e4b0fa8a5d440b82a291f") }
    /// A signal asked for the end.
    public static var stopping: MessageID { MessageID("f3cfd8fdfb184b219f6e761729fb431f") }
    /// SIGHUP asked how things stand.
    public static var status: MessageID { MessageID("aa174f6ccd424c87935cbf81b5b7cccf") }
    /// The kernel gave no event loop, and the program ends.
    public static var noEventLoop: MessageID { MessageID("5ae095de11204d17a4b7060389846c1a") }
    /// A socket that the service manager passed is of no use.
    public static var socketRefused: MessageID { MessageID("39156f3f6f9c44478554e4936c02623f") }
    /// The service manager cannot be notified.
    public static var managerUnreachable: MessageID { MessageID("31dc61daade645f28ee53880b3dfa7db") }
    /// An invocation in the sandbox failed.
    public static var invocationFailed: MessageID { MessageID("b0c00e77ad0e44c9b13b494d48a22620") }
    /// A process in the sandbox ended that nobody had asked to.
    public static var processDied: MessageID { MessageID("58e28d1be0204e86ae8f62936522e626") }

    /// The soak found what its plan does not account for.
    public static var unaccounted: MessageID { MessageID("f3e6c0a56117495398449b805ff4f2ed") }

    /// All of them, in the order of the table.
    public static var all: [MessageID] {
        [
            released, cannotListen, apiFailed, badSetting, stopping, status, noEventLoop, socketRefused,
            managerUnreachable, invocationFailed, processDied, unaccounted,
        ]
    }
}
