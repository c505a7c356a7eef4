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

    /// Draws it.
    package func picture(file: String) -> Picture {
        var shapes = legend
        var top = 106.0
        for panel in panels {
            if !panel.heading.isEmpty {
                shapes.append(Picture.text(panel.heading, Self.left, top + 12, size: 12, weight: "600"))
                top += 24
            }
            for group in panel.groups { shapes += bars(group.label, group.values, upTo: panel.largest, at: &top) }
        }
        return Picture(
            file: file, width: Self.left + Self.plotWidth + Self.right, height: top + 8, title: title, subtitle: unit,
            shapes)
    }

    private func bars(_ label: String, _ values: [Double?], upTo largest: Double, at top: inout Double) -> [String] {
        let bars = zip(values, Self.palette).compactMap { value, color in value.map { ($0, color) } }
        let middle = top + Double(bars.count) * (Self.thickness + 2) / 2
        var shapes = [Picture.text(label, Self.left - 12, middle + 3, size: 12, anchor: "end")]
        for (value, color) in bars {
            let length = value.isFinite ? max(1, value / largest * Self.plotWidth) : 1
            shapes.append(Picture.box(Self.left, top, length, Self.thickness, color: color))
            shapes.append(Picture.text(value.grouped, Self.left + length + 6, top + 11, size: 11, color: Picture.pale))
            top += Self.thickness + 2
        }
        top += 12
        return shapes
    }

    private var legend: [String] {
        var shapes: [String] = []
        var x = Self.left
        for (name, color) in zip(names, Self.palette) {
            shapes.append(Picture.box(x, 76, 11, 11, color: color))
            shapes.append(Picture.text(name, x + 17, 86, size: 12))
            x += 48 + 7 * Double(name.count)
        }
        return shapes
    }
}
