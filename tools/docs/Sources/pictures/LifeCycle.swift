import Charts

/// The messages in the life of an environment, from top to bottom.
struct LifeCycle {
    let description: Description
    private let left = 190.0
    private let lane = 232.0
    private let row = 29.0
    private let top = 62.0
    private let gap = 16.0

    func draw() -> String {
        let width = left + Double(description.lanes.count - 1) * lane + 130
        var height = top + 14
        for phase in description.phases { height += self.height(of: phase) + gap }
        var svg = SVG(width: width, height: height + 8)
        svg.defineArrowhead("#2f72bd")
        svg.defineIce()
        // Bands first, then the lanes, then what is said.
        var y = top
        for phase in description.phases {
            let isFrozen = phase.name == "frozen"
            svg.rectangle(
                12, y, width - 24, self.height(of: phase), fill: isFrozen ? "url(#ice)" : "#f4f6f8", radius: 6)
            svg.write(phase.name, 24, y + (isFrozen ? 20 : 24), size: 12, isBold: true)
            y += self.height(of: phase) + gap
        }
        for (index, name) in description.lanes.enumerated() {
            let x = self.x(of: index)
            svg.line(x, 46, x, height - gap, "#aab4c0", width: 1.2)
            svg.rectangle(x - 58, 16, 116, 30, fill: fill(of: name), line: Ink.faint, radius: 6)
            svg.write(name, x, 36, size: 13, anchor: "middle", isBold: true)
        }
        y = top
        for phase in description.phases {
            for (index, step) in phase.steps.enumerated() { draw(step, y + 30 + Double(index) * row, &svg) }
            y += self.height(of: phase) + gap
        }
        return svg.document
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
            svg.rectangle(
                start - width / 2, y - 17, width, 21, fill: fill(of: step.from), line: "#7b8694", radius: 4)
            return svg.write(step.words, start, y - 2.5, size: 11.5, anchor: "middle")
        }
        let end = x(of: to) + (x(of: to) > start ? -1.5 : 1.5)
        svg.path(
            "M\(start.short) \(y.short)L\(end.short) \(y.short)", line: "#2f72bd", lineWidth: 1.5, marker: "tip")
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
