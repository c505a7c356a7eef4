import ArgumentParser
import BenchCore
import CBench
import Foundation
import Terminal

/// One run of the benchmark: its sections one after the other, and where their reports go.
struct Session: ParsableArguments {
    @Option(help: "The CPU that everything is pinned to; the last one otherwise.")
    var cpu: Int?
    @Flag(help: "A short run: good for a first look only.")
    var quick = false
    @Flag(help: "Fail when a goal is missed.")
    var check = false
    @Option(help: "The folder that gets the reports and the pictures.")
    var out: String
    @Option(help: "The page in Markdown whose figures are replaced.")
    var page: String?
    @Option(help: "The folder with that page's pictures, which are replaced.")
    var pictures: String?

    func validate() throws {
        if page != nil, quick { throw ValidationError("the figures of a short run are too rough for the page") }
        guard (page == nil) == (pictures == nil) else { throw ValidationError("a page comes with its pictures") }
    }

    /// Measures, prints what came of it, and writes it down.
    ///
    /// - Parameter name: what the files of the whole are called.
    func run(_ sections: [any Section], as name: String) async throws {
        let seconds = sections.map(\.expectedSeconds)
        let whole = seconds.reduce(0, +)
        let bar = ProgressBar()
        let start = Date()
        bench_sharpen_timers()
        _ = bench_go_first()
        var reports: [Report] = []
        var drawn: [Picture] = []
        for (index, var section) in sections.enumerated() {
            let before = seconds[..<index].reduce(0, +)
            let title = section.name
            var report = Report(
                section: title, date: Machine.date, machine: Machine.description, isQuick: quick)
            let load = ForeignLoad()
            do {
                try await section.measure(into: &report) { what, share in
                    let done = (before + seconds[index] * share) / whole
                    bar.show("\(Int(done * 100)) %  \(title): \(what)", share: done)
                }
            } catch {
                bar.clear()
                throw error
            }
            if let note = load.note() { report.notes.append(note) }
            bar.clear()
            print(report.text + "\n")
            reports.append(report)
            drawn += section.pictures(of: report)
        }
        if quick { print("note: a short run: the figures are rough") }
        print("\(reports.verdict)\n\(Int(Date().timeIntervalSince(start).rounded())) s, \(Machine.description)")
        try write(reports, drawn, as: name)
        if check, !reports.missed.isEmpty { throw ExitCode(1) }
    }

    private func write(_ reports: [Report], _ drawn: [Picture], as name: String) throws {
        let folder = URL(fileURLWithPath: out)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        try encoder.encode(reports).write(to: folder.appendingPathComponent("\(name).json"))
        let markdown = reports.map(\.markdown).joined(separator: "\n\n") + "\n"
        try Data(markdown.utf8).write(to: folder.appendingPathComponent("\(name).md"))
        for picture in drawn { try write(picture, into: out) }
        guard let page, let pictures else { return }
        var marked = MarkedPage(try String(contentsOfFile: page, encoding: .utf8))
        for report in reports { try marked.fill(report.section, with: report.markdown) }
        try Data(marked.text.utf8).write(to: URL(fileURLWithPath: page))
        for picture in drawn { try write(picture, into: pictures) }
    }

    private func write(_ picture: Picture, into folder: String) throws {
        try Data(picture.svg.utf8).write(to: URL(fileURLWithPath: folder).appendingPathComponent(picture.file))
    }
}
