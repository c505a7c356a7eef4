import BenchCore
import Charts
import CProcesses

/// A function's memory after a thousand events.
struct ResidenceSection: Section {
    let name = "memory"
    let expectedSeconds = 3.0
    let programs: FunctionPrograms
    let placement: Placement
    private static let events = 1_000

    func measure(into report: inout Report, progress: (String, Double) -> Void) async throws {
        report.notes += programs.missing
        try check(processes_pin(placement.client), "pinning to CPU \(placement.client)")
        var table = Table([.words("function"), .number("resident, KiB"), .number("private dirty, KiB")])
        func measured(_ function: FunctionContestant) throws -> Memory {
            try function.warmUp(Self.events)
            let memory = try function.memory()
            table.add([
                function.name, (memory.resident / 1_024).grouped, (memory.privateDirty / 1_024).grouped,
            ])
            return memory
        }
        _ = try measured(FunctionContestant("C floor", [programs.floor], on: placement))
        _ = try measured(FunctionContestant("C floor, static", [programs.staticFloor], on: placement))
        for form in FunctionPrograms.Form.allCases {
            guard let program = programs.own.function(form) else { continue }
            let own = try measured(FunctionContestant(form.words, [program], on: placement))
            let reference = try programs.baseline?.function(form).map {
                try measured(FunctionContestant("baseline: " + form.words, [$0], on: placement))
            }
            report.rows += rows(form, own, beside: reference)
        }
        let wrapping = FunctionContestant.Wrapping(closures: 1, transport: .unix)
        _ = try measured(FunctionContestant("", wrapping, of: programs.own, on: placement))
        if let baseline = programs.baseline {
            _ = try measured(FunctionContestant("baseline: ", wrapping, of: baseline, on: placement))
        }
        for other in programs.others {
            _ = try measured(FunctionContestant(other.name, other.command, on: placement))
        }
        report.tables.append(table)
    }

    private func rows(_ form: FunctionPrograms.Form, _ own: Memory, beside baseline: Memory?) -> [Row] {
        let name = "resident memory after \(Self.events.grouped) events, \(form.words)"
        if form == .embedded {
            return [Row(name, value: Double(own.resident) / 1e6, unit: "MB", goal: .atMost(0.5))]
        }
        guard let baseline else { return [Row(name, value: Double(own.resident) / 1e6, unit: "MB")] }
        let isOrdinary = form == .blocking || form == .async
        return [
            Row(
                "\(name), beside the baseline's", measured: "\((own.resident / 1_024).grouped) KiB",
                reference: "\((baseline.resident / 1_024).grouped) KiB",
                value: Double(own.resident) / Double(baseline.resident), goal: isOrdinary ? .atMost(0.7) : nil)
        ]
    }
}
