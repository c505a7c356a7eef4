import Glibc

/// A bar with words behind it on standard error, where that is a terminal.
package struct ProgressBar {
    /// True if standard error is a terminal; elsewhere nothing is shown.
    package let isTerminal = isatty(2) == 1

    package init() {}

    /// Shows the share of the whole that is done, from 0 to 1, in place of what was shown before.
    package func show(_ words: String, share: Double) {
        guard isTerminal else { return }
        var size = winsize()
        let width = ioctl(2, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0 ? Int(size.ws_col) : 80
        writeToStandardError("\r\u{1B}[K" + Self.line(words, share: share, width: width))
    }

    /// Takes the bar away.
    package func clear() { if isTerminal { writeToStandardError("\r\u{1B}[K") } }

    /// Leaves the line with the bar.
    package func finish() { if isTerminal { writeToStandardError("\n") } }

    /// The bar and the words, `width` columns wide at most; the words alone where there is no room for both.
    package static func line(_ words: String, share: Double, width: Int) -> String {
        let room = min(40, width - words.count - 4)
        guard room >= 8 else { return String(words.prefix(max(0, width - 1))) }
        let full = min(room, max(0, Int(share * Double(room))))
        return "[" + String(repeating: "=", count: full) + String(repeating: " ", count: room - full) + "] " + words
    }
}

/// Says something on standard error, behind the program's name.
package func say(_ text: String, as program: String) { writeToStandardError("\(program): \(text)\n") }

/// Writes all of a text; what nobody takes is lost.
package func writeToStandardError(_ text: String) {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
        let count = rest.withUnsafeBytes { write(2, $0.baseAddress, $0.count) }
        if count < 0, errno != EINTR { return }
        rest = rest.dropFirst(max(0, count))
    }
}
