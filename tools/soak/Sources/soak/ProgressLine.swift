import Glibc
import SoakCore

/// Shows progress on standard error: a bar on a terminal, a plain line for each twentieth elsewhere.
final class ProgressLine {
    private let isTerminal = isatty(2) == 1
    private var lastTwentieth = 0
    private var isShown = false

    /// Shows a state of the run.
    func show(_ progress: Progress) {
        if isTerminal {
            var size = winsize()
            let width = ioctl(2, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0 ? Int(size.ws_col) : 80
            write("\r\u{1B}[K" + progress.bar(width: width))
            isShown = true
        } else {
            let twentieth = progress.done * 20 / max(1, progress.total)
            guard twentieth > lastTwentieth else { return }
            lastTwentieth = twentieth
            write("soak: " + progress.line + "\n")
        }
    }

    /// Leaves the line with the bar.
    func finish() { if isShown { write("\n") } }

    private func write(_ text: String) {
        var text = text
        text.withUTF8 { bytes in _ = Glibc.write(2, bytes.baseAddress, bytes.count) }
    }
}
