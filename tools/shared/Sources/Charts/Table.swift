/// Cells in columns, for a terminal and for Markdown.
package struct Table: Codable, Equatable, Sendable {
    /// A column: its heading, and on which side its cells stand.
    package struct Column: Codable, Equatable, Sendable {
        package var heading: String
        package var isNumber: Bool

        package static func words(_ heading: String) -> Column { Column(heading: heading, isNumber: false) }

        /// A column of numbers, which stand on the right.
        package static func number(_ heading: String) -> Column { Column(heading: heading, isNumber: true) }
    }

    package let columns: [Column]
    package private(set) var rows: [[String]] = []

    package init(_ columns: [Column]) { self.columns = columns }

    /// Adds a row: a cell for each column.
    package mutating func add(_ cells: [String]) {
        precondition(cells.count == columns.count, "a cell for each column")
        rows.append(cells)
    }

    /// The table as text, with a rule under the headings and no space at the lines' ends.
    package var lines: [String] {
        let all = [columns.map(\.heading)] + rows
        let widths = columns.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
        var lines = all.map { row in
            columns.indices.map { column in
                let space = String(repeating: " ", count: widths[column] - row[column].count)
                return columns[column].isNumber ? space + row[column] : row[column] + space
            }.joined(separator: "  ").trimmed
        }
        lines.insert(widths.map { String(repeating: "─", count: $0) }.joined(separator: "  "), at: 1)
        return lines
    }

    /// The table's lines in Markdown.
    package var markdown: [String] {
        [
            "| " + columns.map(\.heading).joined(separator: " | ") + " |",
            "|" + columns.map { $0.isNumber ? "--:|" : "---|" }.joined(),
        ] + rows.map { "| " + $0.joined(separator: " | ") + " |" }
    }

    /// The table in HTML; the first cell of a row is its heading.
    package var html: String {
        func cells(_ texts: some Sequence<String>, _ name: String) -> String {
            texts.map { "<\(name)>\($0.escaped)</\(name)>" }.joined()
        }
        let body = rows.map { "<tr>" + cells($0.prefix(1), "th") + cells($0.dropFirst(), "td") + "</tr>" }
        return "<table><tr>\(cells(columns.map(\.heading), "th"))</tr>\(body.joined())</table>"
    }
}

extension String {
    fileprivate var trimmed: String {
        var text = self
        while text.last == " " { text.removeLast() }
        return text
    }
}
