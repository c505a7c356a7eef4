import Foundation

/// A progress bar on standard error, where that is a terminal.
struct Terminal {
    private let isTerminal = isatty(2) == 1

    /// Shows what is being measured, and the share of the whole that is done.
    func show(_ what: String, _ share: Double) {
        guard isTerminal else { return }
        let width = 30
        let full = min(width, max(0, Int(share * Double(width))))
        let bar = String(repeating: "█", count: full) + String(repeating: "░", count: width - full)
        write("\r\u{1B}[K\(bar) \(Int(share * 100)) %  \(what)")
    }

    /// Takes the bar away.
    func clear() {
        if isTerminal { write("\r\u{1B}[K") }
    }

    private func write(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }
}
