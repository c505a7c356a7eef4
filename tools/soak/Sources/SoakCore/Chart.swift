import Charts

/// A line chart as an SVG element that takes its colours from the page.
struct Chart {
    struct Line {
        var name: String
        /// A class of the page's style: `a`, `b` or `c`.
        var color: String
        /// Places from 0 to 1, and values.
        var points: [(x: Double, y: Double)]
    }

    var title: String
    var scale: Axis.Scale
    var lines: [Line]
    /// A value on an axis.
    var format: (Double) -> String
    /// The words under the ends of the horizontal axis.
    var ends: (String, String)

    private static let width = 720.0
    private static let height = 230.0
    private static let left = 64.0
    private static let right = 706.0
    private static let top = 14.0
    private static let bottom = 204.0

    /// The whole figure: the title, the names of the lines where there are several, and the picture.
    var html: String { "<figure><figcaption>\(title.escaped)</figcaption>\(legend)\(svg)</figure>\n" }

    private var legend: String {
        guard lines.count > 1 else { return "" }
        let names = lines.enumerated().map { index, line in
            "<span class=\"\(line.color)\" style=\"height:\(thickness(index).short)px\"></span>\(line.name.escaped)"
        }
        return "<p class=\"legend\">\(names.joined(separator: " "))</p>"
    }

    /// The first is the thickest and the last the thinnest, so that one is seen under another where both have the same values.
    private func thickness(_ index: Int) -> Double { 1.6 + 3 * Double(lines.count - 1 - index) }

    private var svg: String {
        let values = lines.flatMap { $0.points.map(\.y) }
        guard let least = values.min(), let most = values.max() else { return "" }
        let ticks = Axis.ticks(scale, from: least, to: most)
        let axis = Axis(scale, ticks.first!...ticks.last!)
        func row(_ value: Double) -> Double { Self.bottom - axis.place(of: value) * (Self.bottom - Self.top) }
        var svg = SVG(inPage: Self.width, by: Self.height, title: title)
        for tick in ticks {
            let y = row(tick)
            svg.add("line", ["class": "grid", "x1": Self.left, "y1": y, "x2": Self.right, "y2": y])
            svg.write(format(tick), Self.left - 8, y + 4, size: nil, color: nil, anchor: "end")
        }
        svg.write(ends.0, Self.left, Self.height - 8, size: nil, color: nil, anchor: nil)
        svg.write(ends.1, Self.right, Self.height - 8, size: nil, color: nil, anchor: "end")
        for (index, line) in lines.enumerated() where !line.points.isEmpty {
            let points = line.points.map { point in
                let x = Self.left + min(1, max(0, point.x)) * (Self.right - Self.left)
                return "\(x.short),\(row(point.y).short)"
            }
            svg.add(
                "polyline",
                ["class": line.color, "stroke-width": thickness(index), "points": points.joined(separator: " ")],
                title: line.name)
        }
        return svg.document
    }
}
