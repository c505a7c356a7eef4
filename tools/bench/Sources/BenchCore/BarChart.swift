import Charts

/// Bars in groups: one group for each thing measured, in it a bar for each contestant, with its figure. Groups stand in
/// panels, each of which has a scale of its own.
package struct BarChart {
    private let title: String
    private let unit: String
    private let names: [String]
    private let panels: [Panel]

    /// Groups on one scale.
    package struct Panel: Sendable {
        let heading: String
        let groups: [(label: String, values: [Double?])]

        /// - Parameters:
        ///   - groups: a label, and each contestant's figure; nil for one that has none.
        ///   - heading: what stands above them; nothing when it is empty.
        package init(_ groups: [(label: String, values: [Double?])], heading: String = "") {
            self.heading = heading
            self.groups = groups
        }

        fileprivate var largest: Double { groups.flatMap(\.values).compactMap(\.self).filter(\.isFinite).max() ?? 1 }
    }

    private static let left = 215.0
    private static let plotWidth = 560.0
    private static let right = 90.0
    private static let thickness = 14.0
    private static let palette = ["#2166ac", "#b2182b", "#9aa3ae"]

    /// - Parameters:
    ///   - unit: what the figures are, and which are better, below the title.
    ///   - names: the contestants.
    package init(title: String, unit: String, names: [String], panels: [Panel]) {
        precondition(names.count <= Self.palette.count, "a colour for each contestant")
        precondition(
            panels.allSatisfy { $0.groups.allSatisfy { $0.values.count == names.count } },
            "a figure for each contestant")
        self.title = title
        self.unit = unit
        self.names = names
        self.panels = panels
    }

    package func picture(file: String) -> Picture {
        let rows = panels.flatMap(\.groups).reduce(0) { sum, group in
            sum + Double(group.values.count { $0 != nil }) * (Self.thickness + 2) + 12
        }
        let headings = Double(panels.count { !$0.heading.isEmpty }) * 24
        var svg = SVG(
            width: Self.left + Self.plotWidth + Self.right, height: 106 + rows + headings + 8, title: title,
            subtitle: unit)
        drawLegend(&svg)
        var top = 106.0
        for panel in panels {
            if !panel.heading.isEmpty {
                svg.write(panel.heading, Self.left, top + 12, size: 12, isBold: true)
                top += 24
            }
            for group in panel.groups { draw(group.label, group.values, upTo: panel.largest, at: &top, &svg) }
        }
        return Picture(file: file, svg)
    }

    private func draw(
        _ label: String, _ values: [Double?], upTo largest: Double, at top: inout Double, _ svg: inout SVG
    ) {
        let bars = zip(values, Self.palette).compactMap { value, color in value.map { ($0, color) } }
        let middle = top + Double(bars.count) * (Self.thickness + 2) / 2
        svg.write(label, Self.left - 12, middle + 3, size: 12, anchor: "end")
        for (value, color) in bars {
            let length = value.isFinite ? max(1, value / largest * Self.plotWidth) : 1
            svg.rectangle(Self.left, top, length, Self.thickness, fill: color, radius: 2)
            svg.write(value.grouped, Self.left + length + 6, top + 11, color: Ink.faint)
            top += Self.thickness + 2
        }
        top += 12
    }

    private func drawLegend(_ svg: inout SVG) {
        var x = Self.left
        for (name, color) in zip(names, Self.palette) {
            svg.rectangle(x, 76, 11, 11, fill: color, radius: 2)
            svg.write(name, x + 17, 86, size: 12)
            x += 48 + SVG.width(of: name, size: 12)
        }
    }
}
