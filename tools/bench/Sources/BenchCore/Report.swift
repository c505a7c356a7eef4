import Charts

/// The result of a section of the benchmark: figures with their goals, tables beside them, and notes about the
/// circumstances.
package struct Report: Codable, Equatable, Sendable {
    /// The section's name, the heading of its figures.
    package var section: String
    /// When it ended, in UTC, and where.
    package var date: String
    package var machine: String
    /// True if it was a short run, good for a first look only.
    package var isQuick: Bool
    package var rows: [Row] = []
    package var tables: [Table] = []
    package var notes: [String] = []
    /// The distributions that are drawn.
    package var distributions: [Distribution] = []

    package init(section: String, date: String, machine: String, isQuick: Bool) {
        self.section = section
        self.date = date
        self.machine = machine
        self.isQuick = isQuick
    }

    /// The figures, the tables and the notes, for a terminal.
    package var text: String { joined(allTables.map(\.lines), note: "note: ") }

    /// The same in Markdown, below where and when it was.
    package var markdown: String {
        let circumstances = [machine, date] + (isQuick ? ["a short run"] : [])
        return joined([[circumstances.joined(separator: ", ")]] + allTables.map(\.markdown), note: "- ")
    }

    private func joined(_ blocks: [[String]], note: String) -> String {
        (blocks + (notes.isEmpty ? [] : [notes.map { note + $0 }]))
            .map { $0.joined(separator: "\n") }.joined(separator: "\n\n")
    }

    private var allTables: [Table] {
        var figures = Table(
            [.words(section), .number("measured"), .number("beside"), .number("figure"), .words("range")]
                + [.words("goal"), .words("")])
        for row in rows { figures.add(row.cells) }
        return (rows.isEmpty ? [] : [figures]) + tables
    }
}

extension [Report] {
    /// Every figure whose goal is missed.
    package var missed: [Row] { flatMap { $0.rows.filter { !$0.isMet } } }

    /// The number of goals, the number that are met, and which are missed.
    package var verdict: String {
        let goals = flatMap { $0.rows.filter { $0.goal != nil } }.count
        let met = "\(goals - missed.count) of \(goals) goals met"
        return missed.isEmpty ? met : "\(met); missed:\n" + missed.map { "  \($0.name)" }.joined(separator: "\n")
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
