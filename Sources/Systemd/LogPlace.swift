import Reactor

/// The place where a program's log goes.
///
/// | the program's variable for it | standard error is the journal's | place |
/// |---|---|---|
/// | not set, empty | yes | the journal |
/// | not set, empty | no | standard error, in the format that other settings name |
/// | `journal` | | the journal |
/// | `stderr` | | standard error, as text |
/// | `json` | | standard error, a JSON object a line |
public enum LogPlace: Equatable, Sendable {
    /// Entries with fields.
    case journal
    /// Lines, in whatever format other settings name.
    case standardError
    /// Lines of text.
    case text
    /// Lines of JSON.
    case json

    /// The place that the variable's value, nil when it is not set, and standard error ask for; nil for a value that
    /// means none.
    public static func choose(_ value: ByteView?, isStandardErrorJournal: Bool) -> LogPlace? {
        guard let value, !value.isEmpty else { return isStandardErrorJournal ? .journal : .standardError }
        if value == "journal" { return .journal }
        if value == "stderr" { return .text }
        if value == "json" { return .json }
        return nil
    }

    /// The place that ``choose(_:isStandardErrorJournal:)`` names in this process, by the value of `variable`.
    public static func ofProcess(_ variable: StaticString) -> LogPlace? {
        choose(ProcessEnvironment.value(of: variable), isStandardErrorJournal: JournalStream.isStandardError)
    }
}
