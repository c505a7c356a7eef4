/// The distribution of each contestant's times, one line each, above one logarithmic axis.
package struct RidgePlot {
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

    /// Draws it.
    package func picture(file: String) -> Picture {
        let axis = Self.top + Self.rowHeight * Double(distributions.count) + 6
        var shapes = grid(to: axis)
        for (index, distribution) in distributions.enumerated() {
            shapes += row(distribution, base: Self.top + Self.rowHeight * Double(index + 1))
        }
        shapes.append(
            Picture.text(
                "microseconds, logarithmic; the bar is the median, the small bar the 99th percentile", Self.left,
                axis + 42, size: 12, color: Picture.pale))
        return Picture(
            file: file, width: Self.left + Self.plotWidth + Self.right, height: axis + 58, title: title,
            subtitle: subtitle, shapes)
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
                let place = x(bin: bin)
                lines.append(
                    Picture.line(place, Self.top - 6, place, axis, color: isNamed ? "#d7dde5" : "#eef1f4"))
                guard isNamed else { continue }
                var value = Double(digit)
                for _ in 0..<decade { value *= 10 }
                lines.append(Picture.text(value.words, place, axis + 18, size: 12, anchor: "middle"))
            }
        }
        return lines
    }

    private func row(_ distribution: Distribution, base: Double) -> [String] {
        let shown = shown
        let color = Self.palette[distribution.group % Self.palette.count]
        let highest = Double(distribution.counts[shown].max() ?? 1)
        let height = Self.rowHeight - 10
        var path = "M \(x(bin: Double(shown.lowerBound)).drawn) \(base.drawn)"
        for bin in shown {
            let share = highest > 0 ? Double(distribution.counts[bin]) / highest : 0
            path += " L \(x(bin: Double(bin) + 0.5).drawn) \((base - height * share).drawn)"
        }
        path += " L \(x(bin: Double(shown.upperBound)).drawn) \(base.drawn) Z"
        let (middle, tail) = (x(nanoseconds: distribution.median), x(nanoseconds: distribution.p99))
        return [
            "<path d=\"\(path)\" fill=\"\(color)\" fill-opacity=\"0.28\" stroke=\"\(color)\" stroke-width=\"1.2\"/>",
            Picture.line(middle, base + 2, middle, base - height, color: color, width: 2.5),
            Picture.line(tail, base + 2, tail, base - height / 3, color: color, width: 2),
            Picture.text(distribution.name, Self.left - 14, base - 8, size: 13, anchor: "end"),
            Picture.text(
                "\((distribution.median / 1e3).words) · p99 \((distribution.p99 / 1e3).words) µs",
                Self.left + Self.plotWidth + 10, base - 8, size: 12, color: Picture.pale),
        ]
    }
}
