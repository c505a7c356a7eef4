/// The importance of an entry of the journal, as in syslog(3): the lower, the more.
public enum JournalPriority: UInt64, Sendable {
    /// The system is of no use.
    case emergency
    /// Somebody must act at once.
    case alert
    /// Something has broken down.
    case critical
    /// Something failed.
    case error
    /// Something may fail.
    case warning
    /// In order, and worth a look.
    case notice
    /// In order.
    case info
    /// For those who look for a fault.
    case debug
}
