/// The kind of a log entry.
enum LogEvent {
    /// An invocation was let go.
    case released
    /// An address cannot be listened at.
    case cannotListen
    /// Lambda's API failed, and the extension ends.
    case apiFailed
    /// A setting cannot be used, and the extension ends.
    case badSetting
    /// A signal asked for the end.
    case stopping
    /// The kernel gave no event loop, and the extension ends.
    case noEventLoop
    /// The service manager asked how things stand.
    case status
    /// A socket that the service manager passed is of no use.
    case socketRefused
    /// The service manager cannot be notified.
    case managerUnreachable
}
