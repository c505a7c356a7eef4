import ArgumentParser
import BenchCore
import Foundation

/// Runs the benchmark.
struct Measure: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Measures, and prints a table with what must be reached.")

    @Option(help: "The extension that is shipped, a static executable.")
    var `extension`: String
    @Option(help: "The folder with the C peers.")
    var peers: String
    @Option(help: "A build of the extension whose allocations a preloaded library can count.")
    var countable: String?
    @Option(help: "The library that counts them.")
    var counter: String?
    @Option(help: "Another extension to measure beside, as NAME=COMMAND; may be given several times.")
    var peer: [String] = []
    @Option(help: "The recorded number of instructions a cycle, in a file; they are counted, with valgrind, if given.")
    var record: String?
    @Option(help: "The CPU that everything is pinned to; the last one otherwise.")
    var cpu: Int?
    @Flag(help: "A short run, under 30 s: good for a first look only.")
    var quick = false
    @Flag(help: "Fail when a goal is missed.")
    var check = false
    @Option(help: "Where to write the report as JSON.")
    var json: String?
    @Option(help: "Where to write the distributions as SVG.")
    var svg: String?
    @Option(help: "Where to write the table in Markdown.")
    var markdown: String?

    func run() async throws {
        let placements = Placement.all(preferring: cpu)
        var report = Report(date: Machine.date, machine: Machine.description, isQuick: quick)
        let section = ExtensionSection(
            programs: Programs(
                extension: self.extension, peers: peers, countable: countable, counter: counter,
                others: try peer.map(Programs.Other.init(parsing:)),
                record: record),
            effort: quick ? .quick : .full, placements: placements)
        let load = ForeignLoad()
        let terminal = Terminal()
        try await section.measure(into: &report) { what, share in terminal.show(what, share) }
        terminal.clear()
        if let note = load.note() { report.notes.append(note) }
        if quick { report.notes.append("a short run: the figures are rough") }
        print(report.table)
        try write(report, section.distributions)
        if check, !report.missed.isEmpty { throw ExitCode(1) }
    }

    private func write(_ report: Report, _ distributions: [Distribution]) throws {
        if let json {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            encoder.nonConformingFloatEncodingStrategy = .convertToString(
                positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
            try encoder.encode(Saved(report: report, distributions: distributions)).write(
                to: URL(fileURLWithPath: json))
        }
        if let svg {
            let picture = Picture(
                title: "The /done round trip, as a client sees it",
                subtitle: "one core, interleaved, \(report.machine), \(report.date)", distributions: distributions)
            try Data(picture.svg.utf8).write(to: URL(fileURLWithPath: svg))
        }
        if let markdown { try Data((report.markdown + "\n").utf8).write(to: URL(fileURLWithPath: markdown)) }
    }

    private struct Saved: Codable {
        var report: Report
        var distributions: [Distribution]
    }
}
