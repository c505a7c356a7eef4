/// An SVG document in the making.
package struct SVG {
    package private(set) var text = ""

    package init() {}

    /// A document of a size, on paper of its own, so that it can be read on light and dark pages alike; `</svg>` is the caller's.
    package init(width: Double, height: Double) {
        add(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"\(width.short)\" height=\"\(height.short)\""
                + " viewBox=\"0 0 \(width.short) \(height.short)\" font-family=\"system-ui, 'Segoe UI', Helvetica, Arial,"
                + " 'DejaVu Sans', sans-serif\">")
        add("<rect width=\"100%\" height=\"100%\" rx=\"10\" fill=\"\(Palette.paper)\"/>")
    }

    package mutating func add(_ line: String) { text += line + "\n" }

    package mutating func rectangle(
        _ x: Double, _ y: Double, _ width: Double, _ height: Double, fill: String, line: String, title: String
    ) {
        add(
            "<rect x=\"\(x.short)\" y=\"\(y.short)\" width=\"\(width.short)\" height=\"\(height.short)\" rx=\"2.5\""
                + " fill=\"\(fill)\" stroke=\"\(line)\"><title>\(Self.escape(title))</title></rect>")
    }

    package mutating func line(
        _ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, _ color: String, width: Double = 1
    ) {
        add(
            "<line x1=\"\(x1.short)\" y1=\"\(y1.short)\" x2=\"\(x2.short)\" y2=\"\(y2.short)\" stroke=\"\(color)\""
                + " stroke-width=\"\(width.short)\"/>")
    }

    package mutating func write(
        _ words: String, _ x: Double, _ y: Double, size: Double = 11, color: String = "#1b2430",
        anchor: String = "start", isBold: Bool = false
    ) {
        add(
            "<text x=\"\(x.short)\" y=\"\(y.short)\" font-size=\"\(size.short)\" fill=\"\(color)\""
                + " text-anchor=\"\(anchor)\"\(isBold ? " font-weight=\"600\"" : "")>\(Self.escape(words))</text>")
    }

    /// About how wide a text is.
    package static func width(of words: String, size: Double = 11) -> Double { Double(words.count) * size * 0.56 }

    /// A text as XML has it.
    package static func escape(_ text: String) -> String {
        var escaped = ""
        for character in text.unicodeScalars {
            switch character {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            // XML 1.0, section 2.2: control characters cannot even be escaped.
            case "\u{0}"..."\u{1F}": escaped += " "
            default: escaped.unicodeScalars.append(character)
            }
        }
        return escaped
    }
}

extension Double {
    /// With one decimal, and none where it would be zero.
    package var short: String {
        let tenths = Int((self * 10).rounded())
        let fraction = abs(tenths % 10)
        return (tenths < 0 ? "-" : "") + "\(abs(tenths / 10))" + (fraction == 0 ? "" : ".\(fraction)")
    }
}

extension Duration {
    /// In the unit that suits it, with three digits or so: `850 µs`, `3.2 ms`, `48 ms`, `3.01 s`, `2 min 5 s`.
    package var inWords: String {
        let value = nanoseconds
        switch value {
        case ..<1_000_000: return "\(value / 1000) µs"
        case ..<10_000_000: return "\(Double(value) / 1e6, decimals: 1) ms"
        case ..<1_000_000_000: return "\((value + 500_000) / 1_000_000) ms"
        case ..<60_000_000_000: return "\(Double(value) / 1e9, decimals: 2) s"
        default: return "\(value / 60_000_000_000) min \(value / 1_000_000_000 % 60) s"
        }
    }
}

extension DefaultStringInterpolation {
    fileprivate mutating func appendInterpolation(_ value: Double, decimals: Int) {
        var power = 1
        for _ in 0..<decimals { power *= 10 }
        let scaled = Int((value * Double(power)).rounded())
        let fraction = String(scaled % power)
        appendLiteral(
            "\(scaled / power)." + String(repeating: "0", count: decimals - fraction.count) + fraction)
    }
}
