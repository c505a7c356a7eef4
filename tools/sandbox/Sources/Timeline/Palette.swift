/// The colours of the picture beside those of all pictures: each kind of time has a fill of its own.
enum Palette {
    static let good = "#12805c"
    static let bad = "#c2271d"

    /// The fill and the outline of a kind of time.
    static func colors(of kind: Span.Kind) -> (fill: String, line: String) {
        switch kind {
        case .starting: ("#ffe39b", "#c99a16")
        case .queued: ("#f3f8d8", "#7d8b2a")
        case .asking: ("#d5f0e3", "#12805c")
        case .invoke: ("#a9d0fb", "#2f72bd")
        case .closures, .untilNext: ("#dcc6f7", "#8250c4")
        case .hold: ("#ffd3ad", "#d2762c")
        case .idle: ("#f4f6f8", "#c2cad4")
        case .frozen: ("url(#ice)", "#a9c8e0")
        case .reset: ("#f9bdb5", "#c2271d")
        case .shutdown: ("#cdd3db", "#7b8694")
        }
    }
}
