/// Bars in groups: one group for each thing measured, in it a bar for each contestant, with its figure.
package struct BarChart {
    private let title: String
    private let unit: String
    private let names: [String]
    private let groups: [Group]

    private struct Group {
        let label: String
        /// One for each of the names.
        let values: [Double?]
    }

    private static let left = 215.0
    private static let plotWidth = 560.0
    private static let right = 90.0
    private static let thickness = 14.0
    private static let palette = ["#2166ac", "#b2182b", "#9aa3ae"]

    /// - Parameters:
    ///   - unit: what the figures are, and which are better, below the title.
    ///   - names: the contestants.
    ///   - groups: a label, and each contestant's figure; nil for one that has none.
    package init(title: String, unit: String, names: [String], groups: [(label: String, values: [Double?])]) {
        precondition(names.count <= Self.palette.count, "a colour for each contestant")
        precondition(groups.allSatisfy { $0.values.count == names.count }, "a figure for each contestant")
        self.title = title
        self.unit = unit
        self.names = names
        self.groups = groups.map { Group(label: $0.label, values: $0.values) }
    }

    /// Draws it.
    package func picture(file: String) -> Picture {
        let largest = groups.flatMap(\.values).compactMap(\.self).filter(\.isFinite).max() ?? 1
        var shapes = legend
        var top = 106.0
        for group in groups {
            let bars = zip(group.values, Self.palette).compactMap { value, color in value.map { ($0, color) } }
            let height = Double(bars.count) * (Self.thickness + 2)
            shapes.append(
                Picture.text(group.label, Self.left - 12, top + height / 2 + 3, size: 12, anchor: "end"))
            for (value, color) in bars {
                let length = value.isFinite ? max(1, value / largest * Self.plotWidth) : 1
                shapes.append(Picture.box(Self.left, top, length, Self.thickness, color: color))
                shapes.append(
                    Picture.text(value.grouped, Self.left + length + 6, top + 11, size: 11, color: Picture.pale))
                top += Self.thickness + 2
            }
            top += 12
        }
        return Picture(
            file: file, width: Self.left + Self.plotWidth + Self.right, height: top + 8, title: title, subtitle: unit,
            shapes)
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
