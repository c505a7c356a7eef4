/// What a run found out: rows, and notes about the circumstances.
package struct Report: Codable, Equatable, Sendable {
    /// When it ended, in UTC, and where.
    package var date: String
    package var machine: String
    /// Whether it was a short run, good for a first look only.
    package var isQuick: Bool
    package var rows: [Row] = []
    package var notes: [String] = []

    package init(date: String, machine: String, isQuick: Bool) {
        self.date = date
        self.machine = machine
        self.isQuick = isQuick
    }

    /// The rows whose goal is missed.
    package var missed: [Row] { rows.filter { !$0.isMet } }

    /// The rows as text in columns, a heading before each section.
    package var table: String {
        var lines: [String] = []
        for (section, rows) in sections {
            if !lines.isEmpty { lines.append("") }
            var table = TextTable(columns: [section, "measured", "beside", "figure", "range", "goal", ""])
            for row in rows { table.add(row.cells) }
            lines += table.lines
        }
        if !notes.isEmpty { lines.append("") }
        return (lines + notes.map { "note: \($0)" }).joined(separator: "\n")
    }

    /// The rows as tables in Markdown.
    package var markdown: String {
        var lines: [String] = []
        for (section, rows) in sections {
            if !lines.isEmpty { lines.append("") }
            lines.append("| \(section) | measured | beside | figure | range | goal | |")
            lines.append("|---|---|---|---|---|---|---|")
            for row in rows { lines.append("| " + row.cells.joined(separator: " | ") + " |") }
        }
        if !notes.isEmpty { lines.append("") }
        return (lines + notes.map { "- \($0)" }).joined(separator: "\n")
    }

    private var sections: [(String, [Row])] {
        var names: [String] = []
        for row in rows where !names.contains(row.section) { names.append(row.section) }
        return names.map { name in (name, rows.filter { $0.section == name }) }
    }
}

extension Row {
    fileprivate var cells: [String] {
        let unit = unit.isEmpty ? "" : " " + unit
        func words(_ value: Double) -> String { value.words + unit }
        let range = low.flatMap { low in high.map { "\(low.words)…\($0.words)" } } ?? ""
        let goal: String
        switch self.goal {
        case .atMost(let limit): goal = "≤ " + words(limit)
        case .atLeast(let limit): goal = "≥ " + words(limit)
        case nil: goal = ""
        }
        let verdict = self.goal == nil ? "" : isMet ? "met" : "MISSED"
        return [name, measured, reference, words(value), range, goal, verdict]
    }
}
