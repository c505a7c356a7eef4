/// Writes variables as lines that a shell reads, to be copied there. Pure.
package enum ShellVariable {
    /// Such as `export NAME='a value'` for `NAME=a value`; nil if a shell has no variables of such a name (POSIX.1-2024, XBD 3.216).
    package static func line(for variable: String) -> String? { assignment(for: variable).map { "export " + $0 } }

    /// The same without `export`, as editors read it, too.
    package static func assignment(for variable: String) -> String? {
        let parts = variable.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let first = parts[0].utf8.first, !ASCII.isDigit(first), parts[0].utf8.allSatisfy(isWord)
        else {
            return nil
        }
        return "\(parts[0])=" + quoted(parts[1])
    }

    /// As one word of a shell, whatever is in it.
    private static func quoted(_ value: Substring) -> String {
        let isPlain = value.utf8.allSatisfy { isWord($0) || ".,:/@%+-".utf8.contains($0) }
        return isPlain ? String(value) : "'" + value.replacing("'", with: "'\\''") + "'"
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        ASCII.isDigit(byte) || byte == UInt8(ascii: "_") || (0x61...0x7A).contains(byte | 0x20)
    }
}
