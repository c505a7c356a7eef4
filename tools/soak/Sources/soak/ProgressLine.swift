import SoakCore
import Terminal

/// Shows progress on standard error: a bar on a terminal, a plain line for each twentieth elsewhere.
final class ProgressLine {
    private let bar = ProgressBar()
    private var lastTwentieth = 0
    private var isShown = false

    /// Shows a state of the run.
    func show(_ progress: Progress) {
        if bar.isTerminal {
            bar.show(progress.line, share: progress.place)
            isShown = true
        } else {
            let twentieth = progress.done * 20 / max(1, progress.total)
            guard twentieth > lastTwentieth else { return }
            lastTwentieth = twentieth
            say(progress.line)
        }
    }

    /// Leaves the line with the bar.
    func finish() { if isShown { bar.finish() } }
}
