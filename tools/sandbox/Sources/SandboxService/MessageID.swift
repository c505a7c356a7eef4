#if Systemd
/// The identifiers that the journal has for the kinds of entries: `tools/systemd/postinvoke.catalog` says what each
/// means. Those that the extension writes too have the same as there.
struct MessageID {
    let text: StaticString

    private init(_ text: StaticString) { self.text = text }

    static var stopping: MessageID { MessageID("f3cfd8fdfb184b219f6e761729fb431f") }
    static var status: MessageID { MessageID("aa174f6ccd424c87935cbf81b5b7cccf") }
    static var socketRefused: MessageID { MessageID("39156f3f6f9c44478554e4936c02623f") }
    static var managerUnreachable: MessageID { MessageID("31dc61daade645f28ee53880b3dfa7db") }
    /// An invocation in the sandbox failed.
    static var invocationFailed: MessageID { MessageID("b0c00e77ad0e44c9b13b494d48a22620") }
    /// A process in the sandbox ended that nobody had asked to.
    static var processDied: MessageID { MessageID("58e28d1be0204e86ae8f62936522e626") }
    /// The soak found what its plan does not account for.
    static var unaccounted: MessageID { MessageID("f3e6c0a56117495398449b805ff4f2ed") }
}
#endif
