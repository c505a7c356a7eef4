import Reactor

/// The names that the journal takes for fields ("Journal Export Formats", systemd.journal-fields(7)): 1 to 64 of
/// `A-Z`, `0-9` and `_`, the first a letter. Names that begin with `_` are the journal's own.
public enum JournalFieldName {
    /// The most bytes that a name may have.
    public static var maximumCount: Int { 64 }

    /// Returns true if the journal would keep a field of this name; others it drops without a word.
    public static func isValid(_ name: ByteView) -> Bool {
        guard !name.isEmpty, name.count <= maximumCount, isLetter(name[0]) else { return false }
        for index in 0..<name.count where !isLetter(name[index]) && !isRest(name[index]) { return false }
        return true
    }

    /// Appends a valid name made of any text: `prefix`, then the text with its letters in upper case and everything that
    /// is no letter or digit as `_`, cut off at ``maximumCount`` bytes.
    ///
    /// Two texts may become one name. The journal keeps both values then, since a field may occur more than once.
    ///
    /// - Parameters:
    ///   - text: any bytes.
    ///   - prefix: the beginning of a valid name, shorter than ``maximumCount``.
    ///   - buffer: where the name is appended.
    public static func append(_ text: ByteView, prefix: StaticString, to buffer: inout Buffer) {
        let prefix = ByteView(prefix)
        precondition(isValid(prefix) && prefix.count < maximumCount, "no beginning of a field's name")
        buffer.append(prefix)
        for index in 0..<min(text.count, maximumCount - prefix.count) {
            let byte = text[index]
            let upper = byte &- 0x61 < 26 ? byte & 0xDF : byte
            buffer.append(isLetter(upper) || ASCII.isDigit(upper) ? upper : UInt8(ascii: "_"))
        }
    }

    private static func isLetter(_ byte: UInt8) -> Bool { byte &- 0x41 < 26 }
    private static func isRest(_ byte: UInt8) -> Bool { ASCII.isDigit(byte) || byte == UInt8(ascii: "_") }
}
