import Timeline

/// The messages in the life of an environment, from top to bottom.
struct LifeCycle {
    private let description: Description
    private let left = 190.0
    private let lane = 232.0
    private let row = 29.0
    private let top = 62.0
    private let gap = 16.0

    init(_ description: Description) { self.description = description }

    func draw() -> String {
        let width = left + Double(description.lanes.count - 1) * lane + 130
        var height = top + 14
        for phase in description.phases { height += self.height(of: phase) + gap }
        var svg = SVG(width: width, height: height + 8)
        svg.add(
            "<defs><marker id=\"tip\" viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" markerWidth=\"7\" markerHeight=\"7\""
                + " orient=\"auto\"><path d=\"M0 0.8L7.5 4L0 7.2z\" fill=\"#2f72bd\"/></marker>"
                + "<pattern id=\"ice\" width=\"7\" height=\"7\" patternUnits=\"userSpaceOnUse\""
                + " patternTransform=\"rotate(45)\"><rect width=\"7\" height=\"7\" fill=\"#eef6fc\"/>"
                + "<rect width=\"2\" height=\"7\" fill=\"#c9e1f3\"/></pattern></defs>")
        // Bands first, then the lanes, then what is said.
        var y = top
        for phase in description.phases {
            let isFrozen = phase.name == "frozen"
            svg.add(
                "<rect x=\"12\" y=\"\(y.short)\" width=\"\((width - 24).short)\" height=\"\(self.height(of: phase).short)\""
                    + " rx=\"6\" fill=\"\(isFrozen ? "url(#ice)" : "#f4f6f8")\"/>")
            svg.write(phase.name, 24, y + (isFrozen ? 20 : 24), size: 12, isBold: true)
            y += self.height(of: phase) + gap
        }
        for (index, name) in description.lanes.enumerated() {
            let x = self.x(of: index)
            svg.line(x, 46, x, height - gap, "#aab4c0", width: 1.2)
            svg.add(
                "<rect x=\"\((x - 58).short)\" y=\"16\" width=\"116\" height=\"30\" rx=\"6\" fill=\"\(fill(of: name))\""
                    + " stroke=\"#5b6675\"/>")
            svg.write(name, x, 36, size: 13, anchor: "middle", isBold: true)
        }
        y = top
        for phase in description.phases {
            for (index, step) in phase.steps.enumerated() { draw(step, y + 30 + Double(index) * row, &svg) }
            y += self.height(of: phase) + gap
        }
        svg.add("</svg>")
        return svg.text
    }

    private func height(of phase: Description.Phase) -> Double {
        phase.steps.isEmpty ? 30 : Double(phase.steps.count) * row + 14
    }

    private func x(of lane: Int) -> Double { left + Double(lane) * self.lane }

    private func x(of name: String) -> Double { x(of: description.lanes.firstIndex(of: name) ?? 0) }

    private func draw(_ step: Description.Step, _ y: Double, _ svg: inout SVG) {
        let start = x(of: step.from)
        guard let to = step.to else {
            let width = SVG.width(of: step.words, size: 11.5) + 18
            svg.add(
                "<rect x=\"\((start - width / 2).short)\" y=\"\((y - 17).short)\" width=\"\(width.short)\" height=\"21\" rx=\"4\""
                    + " fill=\"\(fill(of: step.from))\" stroke=\"#7b8694\"/>")
            return svg.write(step.words, start, y - 2.5, size: 11.5, anchor: "middle")
        }
        let end = x(of: to) + (x(of: to) > start ? -1.5 : 1.5)
        svg.add(
            "<path d=\"M\(start.short) \(y.short)L\(end.short) \(y.short)\" stroke=\"#2f72bd\" stroke-width=\"1.5\""
                + " marker-end=\"url(#tip)\"/>")
        // Between the two lanes next to the sender, so that no lane runs through the words.
        let side = end > start ? 1.0 : -1.0
        svg.write(step.words, start + side * lane / 2, y - 5, size: 11.5, anchor: "middle")
    }

    private func fill(of name: String) -> String {
        switch name {
        case "function": "#dcc6f7"
        case "postinvoke": "#ffd3ad"
        case "Lambda": "#a9d0fb"
        default: "#ffffff"
        }
    }
}
