import BenchCore
import CProcesses
import Charts

/// A function's memory after a thousand events.
struct ResidenceSection: Section {
    let name = "memory"
    var expectedSeconds: Double { Double(processes) * 2 }
    let programs: FunctionPrograms
    /// The number of processes of each function: what is resident differs from one to the next.
    let processes: Int
    let placement: Placement
    private static let events = 1_000

    /// A function, and how to start it.
    private struct Subject {
        let name: String
        let start: () throws -> FunctionContestant
        /// Resident memory, and the part that is private and dirty, in bytes, of each round.
        var resident: [Double] = []
        var dirty: [Double] = []

        init(_ name: String, _ start: @escaping () throws -> FunctionContestant) {
            self.name = name
            self.start = start
        }

        mutating func measure() throws {
            let function = try start()
            try function.warmUp(events)
            let memory = try function.memory()
            resident.append(Double(memory.resident))
            dirty.append(Double(memory.privateDirty))
        }
    }

    func measure(into report: inout Report, progress: (String, Double) -> Void) async throws {
        report.notes += programs.missing
        try check(processes_pin(placement.client), "pinning to CPU \(placement.client)")
        var subjects = subjects
        for number in 0..<processes {
            progress("processes", Double(number) / Double(processes))
            for index in subjects.indices { try subjects[index].measure() }
        }
        let resident = Dictionary(uniqueKeysWithValues: subjects.map { ($0.name, Samples($0.resident)) })
        for form in FunctionPrograms.Form.allCases {
            guard let own = resident[form.words] else { continue }
            report.rows.append(row(form, own, beside: resident[FunctionPrograms.baselinePrefix + form.words]))
        }
        var table = Table([.words("function"), .number("resident, KiB"), .number("private dirty, KiB")])
        for subject in subjects {
            table.add([subject.name] + [subject.resident, subject.dirty].map { Self.kibibytes(Samples($0)) })
        }
        report.tables.append(table)
    }

    private var subjects: [Subject] {
        func subject(_ name: String, _ command: [String]) -> Subject {
            Subject(name) { try FunctionContestant(name, command, on: placement) }
        }
        let builds = [("", programs.own)] + (programs.baseline.map { [(FunctionPrograms.baselinePrefix, $0)] } ?? [])
        let forms = FunctionPrograms.Form.allCases.flatMap { form in
            builds.compactMap { prefix, build in
                build.function(form).map { subject(prefix + form.words, [$0]) }
            }
        }
        let wrapping = FunctionContestant.Wrapping(closures: 1, transport: .unix)
        let wrapped = builds.map { prefix, build in
            Subject(prefix + wrapping.words) {
                try FunctionContestant(prefix, wrapping, of: build, on: placement)
            }
        }
        return [subject("C floor", [programs.floor]), subject("C floor, static", [programs.staticFloor])]
            + forms + wrapped + programs.others.map { subject($0.name, $0.command) }
    }

    private func row(_ form: FunctionPrograms.Form, _ own: Samples, beside baseline: Samples?) -> Row {
        let name = "resident memory after \(Self.events.grouped) events, \(form.words)"
        guard let baseline else {
            return Row(
                name, value: own.median / 1e6, unit: "MB", goal: form == .embedded ? .atMost(0.5) : nil)
        }
        let isOrdinary = form == .blocking || form == .async
        return Row(
            "\(name), beside the baseline's", measured: "\(Self.kibibytes(own)) KiB",
            reference: "\(Self.kibibytes(baseline)) KiB", value: own.median / baseline.median,
            goal: isOrdinary ? .atMost(0.7) : nil)
    }

    private static func kibibytes(_ bytes: Samples) -> String { (bytes.median / 1_024).grouped }
}
