import Charts

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

    package func picture(file: String) -> Picture {
        let bottom = Self.top + Self.rowHeight * Double(distributions.count) + 6
        var svg = SVG(
            width: Self.left + Self.plotWidth + Self.right, height: bottom + 58, title: title, subtitle: subtitle)
        let shown = shown
        let axis = Axis(
            .logarithmic, Distribution.Bins.start(of: shown.lowerBound)...Distribution.Bins.start(of: shown.upperBound))
        drawGrid(axis, to: bottom, &svg)
        for (index, distribution) in distributions.enumerated() {
            draw(distribution, shown, axis, base: Self.top + Self.rowHeight * Double(index + 1), &svg)
        }
        svg.write(
            "microseconds, logarithmic; the bar is the median, the small bar the 99th percentile", Self.left,
            bottom + 42, size: 12, color: Ink.faint)
        return Picture(file: file, svg)
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

    /// Where a share of the axis is, from 0 to 1.
    private func x(_ share: Double) -> Double { Self.left + Self.plotWidth * min(max(share, 0), 1) }

    private func drawGrid(_ axis: Axis, to bottom: Double, _ svg: inout SVG) {
        // An axis of less than half a decade may have none of the usual ones.
        let usual: Set = [1, 2, 3, 5]
        let hasUsual = axis.digits.count { usual.contains($0.digit) } >= 2
        for (digit, value) in axis.digits {
            let isNamed = !hasUsual || usual.contains(digit)
            let place = x(axis.place(of: value))
            svg.line(place, Self.top - 6, place, bottom, isNamed ? Ink.grid : "#eef1f4")
            if isNamed { svg.write((value / 1e3).words, place, bottom + 18, size: 12, anchor: "middle") }
        }
    }

    private func draw(
        _ distribution: Distribution, _ shown: Range<Int>, _ axis: Axis, base: Double, _ svg: inout SVG
    ) {
        let color = Self.palette[distribution.group % Self.palette.count]
        let highest = Double(distribution.counts[shown].max() ?? 1)
        let height = Self.rowHeight - 10
        var path = "M \(Self.left.short) \(base.short)"
        for bin in shown {
            let share = highest > 0 ? Double(distribution.counts[bin]) / highest : 0
            let place = x((Double(bin - shown.lowerBound) + 0.5) / Double(shown.count))
            path += " L \(place.short) \((base - height * share).short)"
        }
        path += " L \(x(1).short) \(base.short) Z"
        svg.path(path, fill: color, opacity: "0.28", line: color, lineWidth: 1.2)
        for (time, height, width) in [(distribution.median, height, 2.5), (distribution.p99, height / 3, 2)] {
            let place = x(time.isFinite ? axis.place(of: time) : 0)
            svg.line(place, base + 2, place, base - height, color, width: width)
        }
        svg.write(distribution.name, Self.left - 14, base - 8, size: 13, anchor: "end")
        svg.write(
            "\((distribution.median / 1e3).words) · p99 \((distribution.p99 / 1e3).words) µs",
            Self.left + Self.plotWidth + 10, base - 8, size: 12, color: Ink.faint)
    }
}
