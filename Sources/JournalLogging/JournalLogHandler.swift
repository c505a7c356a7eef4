#if SwiftLog
public import Logging
import Synchronization
import Systemd

/// A `LogHandler` of swift-log that writes into the journal, with the package trait `SwiftLog`.
///
///     if JournalStream.isStandardError, let journal = try? Journal() {
///         LoggingSystem.bootstrap { JournalLogHandler(label: $0, journal: journal) }
///     }
///
/// | of the logger | field |
/// |---|---|
/// | message | `MESSAGE` |
/// | level | `PRIORITY`, trace as debug, critical as critical, the others as what they are called |
/// | label | `LOGGER` |
/// | source | `SOURCE` |
/// | file, line, function | `CODE_FILE`, `CODE_LINE`, `CODE_FUNC` |
/// | metadata | `META_` and the key, made a valid name; `MESSAGE_ID` and `SYSLOG_IDENTIFIER` as they are |
/// | error | `ERROR` |
///
/// The logger's own metadata, its provider's and the entry's are joined; the last one has the last word on a key. Where the
/// journal refuses an entry, it is lost, since a log must not end the program.
public struct JournalLogHandler: LogHandler {
    /// The metadata that are added to every entry.
    public var metadata: Logger.Metadata
    /// The provider that is asked for more metadata at every entry.
    public var metadataProvider: Logger.MetadataProvider?
    /// Entries of a lower level are not written.
    public var logLevel: Logger.Level
    private let label: String
    private let identifier: String?
    private let writer: Writer

    /// A handler for the logger of a label.
    ///
    /// - Parameters:
    ///   - label: the logger's, which becomes the field `LOGGER`.
    ///   - identifier: `SYSLOG_IDENTIFIER`; nil for the name of the program.
    ///   - journal: where to write to.
    ///   - logLevel: the lowest level that is written.
    ///   - metadata: what is added to every entry.
    ///   - metadataProvider: asked for more metadata at every entry.
    public init(
        label: String, identifier: String? = nil, journal: Journal, logLevel: Logger.Level = .info,
        metadata: Logger.Metadata = [:], metadataProvider: Logger.MetadataProvider? = nil
    ) {
        self.label = label
        self.identifier = identifier
        self.logLevel = logLevel
        self.metadata = metadata
        self.metadataProvider = metadataProvider
        writer = Writer(journal)
    }

    /// One of the handler's own metadata.
    public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    /// Writes an entry.
    public func log(event: LogEvent) {
        var all = metadata
        if let provided = metadataProvider?.get() { all.merge(provided) { $1 } }
        if let own = event.metadata { all.merge(own) { $1 } }
        writer.write { entry in
            add("MESSAGE", event.message.description, to: &entry)
            entry.field("PRIORITY", JournalPriority(event.level).rawValue)
            add("LOGGER", label, to: &entry)
            add("SOURCE", event.source, to: &entry)
            add("CODE_FILE", event.file, to: &entry)
            entry.field("CODE_LINE", UInt64(event.line))
            add("CODE_FUNC", event.function, to: &entry)
            if let error = event.error { add("ERROR", "\(error)", to: &entry) }
            if let identifier, all[Self.identifierKey] == nil { add("SYSLOG_IDENTIFIER", identifier, to: &entry) }
            for (key, value) in all {
                switch key {
                case Self.identifierKey: add("SYSLOG_IDENTIFIER", "\(value)", to: &entry)
                case "MESSAGE_ID": add("MESSAGE_ID", "\(value)", to: &entry)
                default:
                    key.withByteView { key in
                        "\(value)".withByteView { value in
                            entry.field(named: key, prefix: "META_") { $0.append(value) }
                        }
                    }
                }
            }
        }
    }

    private func add(_ name: StaticString, _ value: String, to entry: inout JournalEntry) {
        value.withByteView { entry.field(name, $0) }
    }

    private static let identifierKey = "SYSLOG_IDENTIFIER"

    /// One entry's memory, shared by the copies of a handler and lent to one thread at a time.
    private final class Writer: Sendable {
        private let journal: Journal
        private let entry = Mutex(Slot())

        /// A mutex takes what can be sent only, which an owned entry can.
        private struct Slot: ~Copyable, @unchecked Sendable { var entry = JournalEntry() }

        init(_ journal: Journal) { self.journal = journal }

        func write(_ compose: (inout JournalEntry) -> Void) {
            entry.withLock { slot in
                slot.entry.removeAll()
                compose(&slot.entry)
                do { try journal.send(slot.entry) } catch {}
            }
        }
    }
}

extension JournalPriority {
    /// The priority of a level: trace and debug are `debug`, critical is `critical`, the others what they are called.
    public init(_ level: Logger.Level) {
        switch level {
        case .trace, .debug: self = .debug
        case .info: self = .info
        case .notice: self = .notice
        case .warning: self = .warning
        case .error: self = .error
        case .critical: self = .critical
        }
    }
}
#endif
