import BenchCore
import Charts

/// Parsing of heads, beside SwiftNIO's decoder.
struct HeadsSection: Section {
    struct Effort {
        var runs: Int
        /// The number of times each head is parsed while instructions are counted; 0 for not at all.
        var counted: Int
        /// Beside a parser that was given.
        var runsInPairs: Int

        static let full = Effort(runs: 5, counted: 200, runsInPairs: 20)
        static let quick = Effort(runs: 2, counted: 0, runsInPairs: 4)
    }

    let name = "heads"
    var expectedSeconds: Double { effort.counted > 0 ? 28 : 4 }
    let programs: LibraryPrograms
    let effort: Effort
    let cpu: Int32
    var heads: [Head] = []

    /// A row of the table.
    struct Head {
        let name: String
        let isRequest: Bool
        let bytes: Double
        let fields: Double
        /// Nanoseconds, one figure a run; and instructions. The peer takes no responses.
        var own: [Double] = []
        var peer: [Double] = []
        var instructions: Int?
        var peerInstructions: Int?

        /// - Parameter line: `NAME KIND BYTES FIELDS NANOSECONDS`, as the programs print it.
        init(parsing line: [Substring]) throws {
            guard line.count == 5, let bytes = Double(line[2]), let fields = Double(line[3]) else {
                throw Failure("not a head's line: \(line)")
            }
            name = String(line[0])
            isRequest = line[1] == "request"
            self.bytes = bytes
            self.fields = fields
        }

        var title: String { "\(isRequest ? "request" : "response") \(name)" }
        /// The factor by which the peer takes longer.
        var times: Samples { Samples(zip(peer, own).map { $0 / $1 }) }
    }

    mutating func measure(into report: inout Report, progress: (String, Double) -> Void) async throws {
        let (own, peer) = (programs.own + "/parse-heads", programs.peers + "/nio-parse-heads")
        let share = effort.counted > 0 ? 0.5 : 1
        for run in 0..<effort.runs {
            progress("time", share * Double(run) / Double(effort.runs))
            // Whoever comes first alternates.
            for isOwn in run.isMultiple(of: 2) ? [true, false] : [false, true] {
                let lines = try lines(of: [isOwn ? own : peer])
                try take(lines, isOwn: isOwn)
            }
        }
        if effort.counted > 0 {
            progress("instructions", 0.5)
            try count(own) { $0.instructions = $1 }
            progress("instructions", 0.7)
            try count(peer) { $0.peerInstructions = $1 }
        }
        addRows(to: &report)
        for parser in programs.parsers { try comparePair(with: parser, into: &report) }
        report.tables.append(table)
    }

    private func lines(of command: [String]) throws -> [[Substring]] {
        try Program.output(of: command + [programs.heads], on: cpu).split(separator: "\n").map {
            $0.split(separator: " ")
        }
    }

    private mutating func take(_ lines: [[Substring]], isOwn: Bool) throws {
        for line in lines {
            let head = try Head(parsing: line)
            guard let time = Double(line[4]) else { throw Failure("not a time: \(line[4])") }
            let index = heads.firstIndex { $0.name == head.name } ?? heads.endIndex
            if index == heads.endIndex { heads.append(head) }
            if isOwn { heads[index].own.append(time) } else { heads[index].peer.append(time) }
        }
    }

    private mutating func count(_ program: String, _ store: (inout Head, Int) -> Void) throws {
        let (counts, output) = try Callgrind.parts(of: [program, programs.heads, "\(effort.counted)"])
        let names = output.split(separator: "\n")
        guard names.count == counts.count else {
            throw Failure("callgrind counted \(counts.count) of \(names.count) heads")
        }
        for (name, count) in zip(names, counts) {
            guard let index = heads.firstIndex(where: { $0.name == name }) else { continue }
            store(&heads[index], Int((Double(count) / Double(effort.counted)).rounded()))
        }
    }

    private var longest: Head? { heads.filter(\.isRequest).max { $0.bytes < $1.bytes } }

    private func addRows(to report: inout Report) {
        guard let longest else { return }
        let time = Samples(longest.own.map { $0 / longest.fields })
        report.rows += [
            Row(
                "a field of the request of \(longest.name)", measured: Samples(longest.own).median.nanosecondsInWords,
                value: time.median, unit: "ns", range: time.range, goal: .atMost(10)),
            Row(
                "SwiftNIO's decoder, the same request", longest.peer, beside: longest.own, ratio: longest.times.median,
                range: longest.times.range),
        ]
    }

    /// The longest request with ours and with a parser that was given, those two alone, in turn.
    private func comparePair(with parser: Peer, into report: inout Report) throws {
        guard let longest else { return }
        var times: [[Double]] = [[], []]
        for round in 0..<effort.runsInPairs {
            for index in round.isMultiple(of: 2) ? [0, 1] : [1, 0] {
                let lines = try lines(of: [[programs.own + "/parse-heads"], parser.command][index])
                guard
                    let time = lines.first(where: { $0.count == 5 && $0[0] == longest.name }).flatMap({ Double($0[4]) })
                else { throw Failure("\(parser.command[0]) has no line for \(longest.name)") }
                times[index].append(time)
            }
        }
        let ratios = Samples(zip(times[0], times[1]).map { $0 / $1 })
        report.rows.append(
            Row(
                "the same request, beside \(parser.name)", times[0], beside: times[1], ratio: ratios.median,
                range: ratios.range, goal: .atMost(0.75)))
    }

    private var table: Table {
        var table = Table([
            .words("head"), .number("bytes"), .number("fields"), .number("ns"), .number("ns a field"), .number("GB/s"),
            .number("instructions"), .number("SwiftNIO, ns"), .number("instructions"), .number("times"),
        ])
        for head in heads {
            let time = Samples(head.own).median
            table.add([
                head.title, head.bytes.words, head.fields.words, time.with(decimals: 0), (time / head.fields).words,
                (head.bytes / time).words, head.instructions.map(String.init) ?? "",
                head.peer.isEmpty ? "" : Samples(head.peer).median.with(decimals: 0),
                head.peerInstructions.map(String.init) ?? "", head.times.words,
            ])
        }
        return table
    }

    func pictures(of report: Report) -> [Picture] {
        let chart = BarChart(
            title: "Parsing one head", unit: "nanoseconds, less is better; \(report.machine), \(report.date)",
            names: ["postinvoke", "SwiftNIO"],
            panels: [
                BarChart.Panel(
                    heads.map { head in
                        let times = [head.own, head.peer].map { $0.isEmpty ? nil : Samples($0).median }
                        return ("\(head.title), \(head.bytes.words) bytes", times)
                    })
            ])
        return [chart.picture(file: "bench-heads.svg")]
    }
}
