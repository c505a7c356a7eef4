/// A drawing as SVG, and the name of its file.
package struct Picture: Equatable, Sendable {
    package let file: String
    package let svg: String

    static let ink = "#1b2430"
    static let pale = "#5b6675"

    /// A document on white, which stays legible on a dark page; the title and a line below it stand at its top.
    init(file: String, width: Double, height: Double, title: String, subtitle: String, _ shapes: [String]) {
        self.file = file
        let size = "width=\"\(width.drawn)\" height=\"\(height.drawn)\""
        let lines =
            [
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 \(width.drawn) \(height.drawn)\" \(size)"
                    + " font-family=\"system-ui, 'DejaVu Sans', sans-serif\">",
                "<rect width=\"100%\" height=\"100%\" rx=\"6\" fill=\"#ffffff\"/>",
                Self.text(title, 24, 34, size: 17, weight: "600"),
                Self.text(subtitle, 24, 56, size: 12, color: Self.pale),
            ] + shapes + ["</svg>", ""]
        svg = lines.joined(separator: "\n")
    }

    static func text(
        _ words: String, _ x: Double, _ y: Double, size: Double, color: String = ink, anchor: String = "start",
        weight: String = "400"
    ) -> String {
        "<text x=\"\(x.drawn)\" y=\"\(y.drawn)\" font-size=\"\(size.drawn)\" fill=\"\(color)\" text-anchor=\"\(anchor)\""
            + " font-weight=\"\(weight)\">\(words.escaped)</text>"
    }

    static func line(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, color: String, width: Double = 1) -> String
    {
        "<line x1=\"\(x1.drawn)\" y1=\"\(y1.drawn)\" x2=\"\(x2.drawn)\" y2=\"\(y2.drawn)\" stroke=\"\(color)\""
            + " stroke-width=\"\(width.drawn)\"/>"
    }

    static func box(_ x: Double, _ y: Double, _ width: Double, _ height: Double, color: String) -> String {
        "<rect x=\"\(x.drawn)\" y=\"\(y.drawn)\" width=\"\(width.drawn)\" height=\"\(height.drawn)\" rx=\"2\""
            + " fill=\"\(color)\"/>"
    }
}

extension Double {
    /// A number as a drawing needs it.
    var drawn: String { self == rounded() ? String(Int(self)) : with(decimals: 1) }
}

extension String {
    fileprivate var escaped: String {
        var text = ""
        for character in self {
            switch character {
            case "&": text += "&amp;"
            case "<": text += "&lt;"
            case ">": text += "&gt;"
            default: text.append(character)
            }
        }
        return text
    }
}
