import Charts

/// Draws episodes as lanes on a time axis.
package struct Drawing {
    let title: String
    let note: String
    let extensions: [String]
    let first: [Episode]
    let summary: Summary
    let last: [Episode]
    let count: Int
    /// The number of lanes that the function has for the events it handles at a time; 0 where it handles one after the
    /// other.
    let workers: Int

    static let laneHeight = 26.0
    static let lanePitch = 34.0
    static let rowTop = 30.0
    static let axisHeight = 26.0
    static let head = 84.0
    package static let pageWidth = Layout.left + Layout.width + 24

    /// The lanes from top to bottom, with their names.
    var lanes: [(lane: Lane, name: String)] {
        var lanes: [(Lane, String)] = workers > 0 ? [] : [(.caller, "caller")]
        lanes.append((.function, "function"))
        for index in 0..<workers { lanes.append((.worker(index), "worker \(index + 1)")) }
        for (index, name) in extensions.enumerated() { lanes.append((.extension(index), name)) }
        if (first + last).contains(where: { $0.spans.contains { $0.lane == .internals } }) {
            lanes.append((.internals, "internal ext."))
        }
        return lanes + [(.environment, "environment")]
    }

    /// The drawings on one page, one below the other.
    static func svg(of drawings: [Drawing]) -> String {
        let heights = drawings.map(\.height)
        var svg = SVG(width: pageWidth, height: heights.reduce(0, +))
        svg.defineIce()
        let start = drawings.compactMap { ($0.first.first ?? $0.last.first)?.from }.min() ?? .zero
        var top = 0.0
        for (drawing, height) in zip(drawings, heights) {
            svg.move(down: top) { drawing.draw(&$0, since: start) }
            top += height
        }
        return svg.document
    }

    private var layout: Layout { Layout(first: first, hasGap: summary.count > 0, last: last) }

    private var rowHeight: Double { Self.rowTop + Double(lanes.count) * Self.lanePitch + Self.axisHeight }

    private var height: Double { Self.head + Double(max(1, layout.rows.count)) * rowHeight + 8 }

    /// - Parameter start: the zero of its axis.
    private func draw(_ svg: inout SVG, since start: Moment) {
        let (layout, lanes, rowHeight) = (layout, lanes, rowHeight)
        drawHead(&svg, hasNumbers: layout.rows.contains(where: RowDrawing.hasSeveralStarts))
        for (index, row) in layout.rows.enumerated() {
            let top = Self.head + Double(index) * rowHeight
            RowDrawing(lanes: lanes, top: top, start: start, summary: summary).draw(row, &svg)
        }
    }

    private func drawHead(_ svg: inout SVG, hasNumbers: Bool) {
        let plural = count == 1 ? "1 invocation" : "\(count) invocations"
        svg.write("\(title): \(plural)\(note.isEmpty ? "" : ", \(note)")", 20, 30, size: 17, isBold: true)
        let times = hasNumbers ? "2: + is the time since the START of invocation 2." : "+ is the time since START."
        svg.write(
            "Short phases are drawn wider than they are; the numbers are true. \(times)", Self.pageWidth - 24, 30,
            color: Ink.faint, anchor: "end")
        var x = 20.0
        for kind in Span.Kind.allCases where isUsed(kind) {
            let (fill, line) = Palette.colors(of: kind)
            svg.rectangle(x, 46, 18, 13, fill: fill, line: line, title: kind.rawValue)
            svg.write(kind.rawValue, x + 24, 56.5)
            x += 24 + SVG.width(of: kind.rawValue) + 18
        }
    }

    private func isUsed(_ kind: Span.Kind) -> Bool {
        (first + last).contains { $0.spans.contains { $0.kind == kind } }
    }
}
