import Charts

/// Draws one row of a picture.
struct RowDrawing {
    let lanes: [(lane: Lane, name: String)]
    let top: Double
    /// The zero of the time axis.
    let start: Moment
    let summary: Summary

    private var lanesTop: Double { top + Drawing.rowTop }
    private var axis: Double { lanesTop + Double(lanes.count) * Drawing.lanePitch }

    func draw(_ row: [Layout.Placed], _ svg: inout SVG) {
        for (index, lane) in lanes.enumerated() {
            let name = lane.name.count > 16 ? lane.name.prefix(15) + "…" : lane.name
            svg.write(
                name, Layout.left - 14, y(index) + 17, size: 12, anchor: "end", isBold: lane.lane == .environment)
        }
        let end = row.last.map { $0.x + $0.width } ?? Layout.left
        svg.line(Layout.left, axis, end, axis, Ink.faint)
        drawTicks(row, &svg)
        for placed in row {
            switch placed.piece {
            case .episode(let episode, let scale): draw(episode, scale, placed, &svg)
            case .gap: drawGap(placed, &svg)
            }
        }
    }

    private func y(_ lane: Int) -> Double { lanesTop + Double(lane) * Drawing.lanePitch }

    private func index(of lane: Lane) -> Int? { lanes.firstIndex { $0.lane == lane } }

    private func draw(_ episode: Episode, _ scale: Scale, _ placed: Layout.Placed, _ svg: inout SVG) {
        func x(_ moment: Moment) -> Double { placed.x(of: moment, scale) }
        for span in episode.spans {
            guard let index = index(of: span.lane) else { continue }
            draw(span, x(max(span.from, episode.from)), x(span.to), y(index), &svg)
        }
        for mark in episode.marks {
            guard let index = index(of: mark.lane) else { continue }
            draw(mark, x(mark.at), y(index), &svg)
        }
        guard episode.number > 0, let started = episode.started else { return }
        // Near the right edge the heading grows to the left.
        let place = min(x(started), Drawing.pageWidth - 24 - Self.headingWidth(of: episode))
        svg.write(
            episode.heading, place, top + 18, size: 12, color: episode.failures == 0 ? Ink.text : Palette.bad,
            isBold: true)
    }

    private func draw(_ span: Span, _ left: Double, _ right: Double, _ y: Double, _ svg: inout SVG) {
        let (fill, line) = Palette.colors(of: span.kind)
        let width = max(right - left, 1.5)
        let length = span.duration.inWords
        svg.rectangle(
            left, y, width, Drawing.laneHeight, fill: fill, line: line, title: "\(span.kind.rawValue) \(length)")
        let name = Self.shortName(of: span)
        for words in [name.map { "\($0) \(length)" }, length].compactMap({ $0 })
        where SVG.width(of: words) + 8 <= width {
            let color = span.kind == .idle ? Ink.faint : Ink.text
            svg.write(words, left + width / 2, y + 17, color: color, anchor: "middle")
            return
        }
    }

    /// The word inside a box.
    private static func shortName(of span: Span) -> String? {
        switch span.kind {
        case .queued: "to START"
        case .asking: "waiting"
        case .closures: "closures"
        case .untilNext: "until next"
        case .idle: "idle"
        case .hold: "hold"
        case .starting, .invoke, .frozen, .reset, .shutdown: span.kind.rawValue
        }
    }

    static func headingWidth(of episode: Episode) -> Double {
        SVG.width(of: episode.heading, size: 12, isBold: true)
    }

    /// The words beside a response, from START on; nil for a mark that has none.
    private static func words(of mark: Mark) -> String? {
        guard mark.lane == .caller, case .response(let errorType, let after) = mark.kind else { return nil }
        return (errorType == nil ? "response after " : "error after ") + after.inWords
    }

    /// The distance that a mark's words reach to its right; 0 for a mark that has none.
    static func reach(of mark: Mark) -> Double {
        words(of: mark).map { 9 + SVG.width(of: $0, isBold: true) + 6 } ?? 0
    }

    private func draw(_ mark: Mark, _ x: Double, _ y: Double, _ svg: inout SVG) {
        switch mark.kind {
        case .refusal(let errorType):
            svg.path(
                "M\((x - 6).short) \((y + 6).short) h12 l-6 11 z", fill: Palette.bad, title: "refused: \(errorType)")
        case .death:
            let middle = y + Drawing.laneHeight / 2
            svg.line(x - 6, middle - 6, x + 6, middle + 6, Palette.bad, width: 3)
            svg.line(x - 6, middle + 6, x + 6, middle - 6, Palette.bad, width: 3)
        case .response(let errorType, let after) where mark.lane != .caller:
            // Many callers, each of whom stands where its event is handled.
            let color = errorType == nil ? Palette.good : Palette.bad
            svg.path(
                "M\(x.short) \(y.short) l-5 9 h10 z", fill: color,
                title: "\(errorType == nil ? "response" : "error") after \(after.inWords)")
        case .response(let errorType, let after):
            let color = errorType == nil ? Palette.good : Palette.bad
            // From the function up to the caller, with a head.
            let bottom = y + Drawing.lanePitch
            svg.line(x, bottom, x, y + 5, color, width: 2)
            svg.path(
                "M\(x.short) \((y - 2).short) l-5 9 h10 z", fill: color, title: "response after \(after.inWords)")
            if let words = Self.words(of: mark) { svg.write(words, x + 9, y + 17, color: color, isBold: true) }
        }
    }

    private struct Tick {
        var moment: Moment
        /// The START that its time is counted from; nil for a time of day.
        var since: Moment?
        /// The invocation of that START, where the row has several; otherwise nil.
        var number: Int?
        var place: Double
        var words = ""

        var range: ClosedRange<Double> {
            let half = (SVG.width(of: words, size: 10) + 14) / 2
            return place - half...place + half
        }
    }

    /// Marks the moments that matter most first, and as many of the others as find room.
    private func drawTicks(_ row: [Layout.Placed], _ svg: inout SVG) {
        var ticks: [Tick] = []
        let hasSeveral = Self.hasSeveralStarts(row)
        for placed in row {
            guard case .episode(let episode, let scale) = placed.piece else { continue }
            var moments = [episode.from]
            if let started = episode.started { moments.append(started) }
            moments += episode.marks.map(\.at)
            moments += episode.spans.filter { $0.lane == .environment }.map(\.to)
            moments += episode.boundaries
            for moment in moments {
                let since = episode.started.flatMap { moment > $0 ? $0 : nil }
                let tick = Tick(
                    moment: moment, since: since, number: hasSeveral ? episode.number : nil,
                    place: placed.x(of: moment, scale))
                guard !ticks.contains(where: { $0.place == tick.place }) else { continue }
                let more = worded(ticks + [tick])
                if areApart(more) { ticks = more }
            }
        }
        for tick in ticks {
            svg.line(tick.place, lanesTop - 4, tick.place, axis + 4, Ink.grid)
            svg.write(tick.words, tick.place, axis + 16, size: 10, color: Ink.faint, anchor: "middle")
        }
    }

    static func hasSeveralStarts(_ row: [Layout.Placed]) -> Bool {
        row.count { if case .episode(let episode, _) = $0.piece { episode.started != nil } else { false } } > 1
    }

    /// With their words, of which no two are alike.
    private func worded(_ ticks: [Tick]) -> [Tick] {
        var ticks = ticks
        for (since, indices) in Dictionary(grouping: ticks.indices, by: { ticks[$0].since }) {
            let words = Duration.inDistinctWords(indices.map { ticks[$0].moment - (since ?? start) })
            for (index, words) in zip(indices, words) {
                let prefix = since == nil ? "" : (ticks[index].number.map { "\($0): " } ?? "") + "+"
                ticks[index].words = ticks[index].moment == start ? "0" : prefix + words
            }
        }
        return ticks
    }

    private func areApart(_ ticks: [Tick]) -> Bool {
        let ranges = ticks.map(\.range).sorted { $0.lowerBound < $1.lowerBound }
        return zip(ranges, ranges.dropFirst()).allSatisfy { $0.upperBound < $1.lowerBound }
            && ranges.allSatisfy { $0.upperBound < Drawing.pageWidth }
    }

    private func drawGap(_ placed: Layout.Placed, _ svg: inout SVG) {
        let middle = placed.x + placed.width / 2
        let center = (lanesTop + axis) / 2
        var lines = ["… \(summary.count) more …"]
        if let mean = summary.mean {
            lines.append("response \(summary.shortest.inWords) to \(summary.longest.inWords),")
            lines.append("\(mean.inWords) on average")
        }
        lines.append(summary.failures == 0 ? "none failed" : "\(summary.failures) failed")
        for (index, line) in lines.enumerated() {
            svg.write(
                line, middle, center + (Double(index) - Double(lines.count - 1) / 2) * 18, size: index == 0 ? 13 : 11,
                color: line.hasSuffix("failed") && summary.failures > 0 ? Palette.bad : Ink.faint, anchor: "middle",
                isBold: index == 0)
        }
    }
}
