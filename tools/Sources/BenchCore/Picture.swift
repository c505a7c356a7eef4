/// The picture of a run: the distribution of each contestant's times, one line each, above one logarithmic axis.
package struct Picture {
    private let title: String
    private let subtitle: String
    private let distributions: [Distribution]

    private static let left = 230.0
    private static let plotWidth = 640.0
    private static let right = 150.0
    private static let top = 84.0
    private static let rowHeight = 44.0
    private static let palette = ["#2166ac", "#7a7a7a", "#1b7837", "#b2182b", "#8e44ad"]

    /// - Parameter subtitle: how it was taken.
    package init(title: String, subtitle: String, distributions: [Distribution]) {
        self.title = title
        self.subtitle = subtitle
        self.distributions = distributions
    }

    /// The picture as an SVG document.
    package var svg: String {
        let axis = Self.top + Self.rowHeight * Double(distributions.count) + 6
        let width = Self.left + Self.plotWidth + Self.right
        let height = axis + 58
        var lines = [
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 \(n(width)) \(n(height))\" width=\"\(n(width))\""
                + " height=\"\(n(height))\" font-family=\"system-ui, 'DejaVu Sans', sans-serif\">",
            "<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>",
            text(title, 24, 34, size: 17, weight: "600"), text(subtitle, 24, 56, size: 12, color: "#5b6675"),
        ]
        lines += grid(to: axis)
        for (index, distribution) in distributions.enumerated() {
            lines += row(distribution, base: Self.top + Self.rowHeight * Double(index + 1))
        }
        lines.append(
            text(
                "microseconds, logarithmic; the bar is the median, the small bar the 99th percentile", Self.left,
                axis + 42, size: 12, color: "#5b6675"))
        lines.append("</svg>")
        return lines.joined(separator: "\n") + "\n"
    }

    /// The bins that are drawn: from the decade's part of the fastest to that of the slowest, with some room.
    private var shown: Range<Int> {
        let used = distributions.flatMap { distribution -> [Int] in
            let total = distribution.counts.reduce(0, +)
            // A handful of stragglers far out would squeeze everything else.
            let floor = max(1, total / 1000)
            return distribution.counts.indices.filter { distribution.counts[$0] >= floor }
        }
        guard let first = used.min(), let last = used.max() else { return 0..<Distribution.Bins.count }
        return max(0, first - 6)..<min(Distribution.Bins.count, last + 7)
    }

    private func x(bin: Double) -> Double {
        let shown = shown
        return Self.left + Self.plotWidth * (bin - Double(shown.lowerBound)) / Double(shown.count)
    }

    private func x(nanoseconds: Double) -> Double {
        guard nanoseconds.isFinite else { return Self.left }
        let bin =
            log10(max(nanoseconds, Distribution.Bins.first) / Distribution.Bins.first)
            * Double(Distribution.Bins.perDecade)
        return min(max(x(bin: bin), Self.left), Self.left + Self.plotWidth)
    }

    private func grid(to axis: Double) -> [String] {
        var lines: [String] = []
        let shown = shown
        for decade in 0...Distribution.Bins.decades {
            for digit in 1...9 {
                let bin = (Double(decade) + log10(Double(digit))) * Double(Distribution.Bins.perDecade)
                guard bin >= Double(shown.lowerBound), bin <= Double(shown.upperBound) else { continue }
                let isNamed = [1, 2, 3, 5].contains(digit)
                lines.append(
                    "<line x1=\"\(n(x(bin: bin)))\" y1=\"\(n(Self.top - 6))\" x2=\"\(n(x(bin: bin)))\" y2=\"\(n(axis))\""
                        + " stroke=\"\(isNamed ? "#d7dde5" : "#eef1f4")\"/>")
                guard isNamed else { continue }
                var value = Double(digit)
                for _ in 0..<decade { value *= 10 }
                lines.append(text(value.words, x(bin: bin), axis + 18, size: 12, anchor: "middle"))
            }
        }
        return lines
    }

    private func row(_ distribution: Distribution, base: Double) -> [String] {
        let shown = shown
        let color = Self.palette[distribution.group % Self.palette.count]
        let highest = Double(distribution.counts[shown].max() ?? 1)
        let height = Self.rowHeight - 10
        var path = "M \(n(x(bin: Double(shown.lowerBound)))) \(n(base))"
        for bin in shown {
            let share = highest > 0 ? Double(distribution.counts[bin]) / highest : 0
            path += " L \(n(x(bin: Double(bin) + 0.5))) \(n(base - height * share))"
        }
        path += " L \(n(x(bin: Double(shown.upperBound)))) \(n(base)) Z"
        let (middle, tail) = (x(nanoseconds: distribution.median), x(nanoseconds: distribution.p99))
        return [
            "<path d=\"\(path)\" fill=\"\(color)\" fill-opacity=\"0.28\" stroke=\"\(color)\" stroke-width=\"1.2\"/>",
            "<line x1=\"\(n(middle))\" y1=\"\(n(base + 2))\" x2=\"\(n(middle))\" y2=\"\(n(base - height))\""
                + " stroke=\"\(color)\" stroke-width=\"2.5\"/>",
            "<line x1=\"\(n(tail))\" y1=\"\(n(base + 2))\" x2=\"\(n(tail))\" y2=\"\(n(base - height / 3))\""
                + " stroke=\"\(color)\" stroke-width=\"2\"/>",
            text(distribution.name, Self.left - 14, base - 8, size: 13, anchor: "end"),
            text(
                "\((distribution.median / 1e3).words) · p99 \((distribution.p99 / 1e3).words) µs",
                Self.left + Self.plotWidth + 10, base - 8, size: 12, color: "#5b6675"),
        ]
    }

    private func text(
        _ words: String, _ x: Double, _ y: Double, size: Double, color: String = "#1b2430", anchor: String = "start",
        weight: String = "400"
    ) -> String {
        "<text x=\"\(n(x))\" y=\"\(n(y))\" font-size=\"\(n(size))\" fill=\"\(color)\" text-anchor=\"\(anchor)\""
            + " font-weight=\"\(weight)\">\(escaped(words))</text>"
    }

    /// A number as the drawing needs it.
    private func n(_ value: Double) -> String {
        value == value.rounded() ? String(Int(value)) : value.with(decimals: 1)
    }

    private func escaped(_ words: String) -> String {
        var text = ""
        for character in words {
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
