import BenchCore
import Charts

/// Timers, by how many of them are armed.
struct TimersSection: Section {
    struct Effort {
        var counts: [Int]
        /// The counts whose instructions are compared: the cost must grow no faster than the levels of a heap.
        var counted: (few: Int, many: Int)

        static let full = Effort(counts: [1_000, 10_000, 100_000, 1_000_000], counted: (1_000, 100_000))
        static let quick = Effort(counts: [1_000, 10_000, 100_000], counted: (1_000, 10_000))
    }

    let name = "timers"
    var expectedSeconds: Double { effort.counts.count > 3 ? 30 : 5 }
    let programs: LibraryPrograms
    let effort: Effort
    let cpu: Int32

    private var program: String { programs.own + "/timers" }
    private static let actions = ["arm", "cancel", "move"]

    func measure(into report: inout Report, progress: (String, Double) -> Void) async throws {
        var table = Table([.number("armed timers")] + Self.actions.map { .number("\($0), ns") })
        for (index, count) in effort.counts.enumerated() {
            progress("\(count.grouped) timers", 0.7 * Double(index) / Double(effort.counts.count))
            let words = try Program.output(of: [program, "\(count)"], on: cpu).split(whereSeparator: \.isWhitespace)
            let times = words.compactMap { Double($0) }
            guard times.count == Self.actions.count else { throw Failure("not three times: \(words)") }
            table.add([count.grouped] + times.map { $0.with(decimals: 0) })
        }
        progress("instructions", 0.7)
        try addRows(to: &report)
        report.tables.append(table)
    }

    /// Instructions, since at a million timers the time depends on caches more than on the heap.
    private func addRows(to report: inout Report) throws {
        let few = try instructions(effort.counted.few)
        let many = try instructions(effort.counted.many)
        let limit = Self.levels(of: effort.counted.many) / Self.levels(of: effort.counted.few)
        for (index, action) in Self.actions.enumerated() {
            let counts = "\(effort.counted.many.grouped), beside \(effort.counted.few.grouped)"
            report.rows.append(
                Row(
                    "instructions to \(action) one timer of \(counts), at worst",
                    measured: many[index].with(decimals: 0),
                    reference: few[index].with(decimals: 0), value: many[index] / few[index], goal: .atMost(limit)))
        }
    }

    /// The number of levels of a binary heap below its first.
    private static func levels(of count: Int) -> Double {
        Double(Int.bitWidth - 1 - count.leadingZeroBitCount)
    }

    /// For each of the actions, with `count` timers.
    private func instructions(_ count: Int) throws -> [Double] {
        let (counts, output) = try Callgrind.parts(of: [program, "--count", "\(count)"])
        guard counts.count == Self.actions.count, let moves = Double(output.filter { !$0.isWhitespace }) else {
            throw Failure("callgrind counted \(counts.count) of three parts")
        }
        return zip(counts, [Double(count), Double(count), moves]).map { Double($0) / $1 }
    }
}
