import BenchCore
import CProcesses
import Charts

/// Events and their responses: functions in every form, beside the floor, other runtimes and the baseline.
struct EventsSection: Section {
    struct Effort {
        var rounds: Int
        /// So few, since there are so many contestants, that whatever slows the machine for a tenth of a second falls on
        /// everybody's round.
        var eventsPerRound: Int

        /// More than 10,000 events for each contestant.
        static let full = Effort(rounds: 480, eventsPerRound: 24)
        static let quick = Effort(rounds: 60, eventsPerRound: 24)
    }

    let name = "events"
    var expectedSeconds: Double { effort.rounds > 100 ? 62 : 9 }
    let programs: FunctionPrograms
    let effort: Effort
    let placement: Placement

    /// The functions of one build.
    private struct Functions {
        let forms: [(form: FunctionPrograms.Form, contestant: FunctionContestant)]
        let wrapped: [(wrapping: FunctionContestant.Wrapping, contestant: FunctionContestant)]

        /// - Parameter prefix: what their names begin with.
        init(of build: FunctionPrograms.Build, prefix: String = "", on placement: Placement) throws {
            forms = try FunctionPrograms.Form.allCases.compactMap { form in
                guard let program = build.function(form) else { return nil }
                return (form, try FunctionContestant(prefix + form.words, [program], on: placement))
            }
            wrapped = try FunctionContestant.Wrapping.all.map {
                ($0, try FunctionContestant(prefix, $0, of: build, on: placement))
            }
        }

        subscript(_ form: FunctionPrograms.Form) -> FunctionContestant? { forms.first { $0.form == form }?.contestant }
        var all: [FunctionContestant] { forms.map(\.contestant) + wrapped.map(\.contestant) }
    }

    func measure(into report: inout Report, progress: (String, Double) -> Void) async throws {
        report.notes += programs.missing
        try check(processes_pin(placement.client), "pinning to CPU \(placement.client)")
        progress("starting them", 0)
        let floor = try FunctionContestant("C floor", [programs.floor], on: placement)
        let ours = try Functions(of: programs.own, on: placement)
        // What the extension does with an invocation is done before the event is sent, and yet felt: it has had the caches.
        let withLayer = try programs.own.function(.async).map {
            try FunctionContestant(
                "run, with the layer", [$0], on: placement, heldBy: .holder(of: programs.own, .tcp, on: placement))
        }
        let others = try programs.others.map { try FunctionContestant($0.name, $0.command, on: placement) }
        let baseline = try programs.baseline.map {
            try Functions(of: $0, prefix: FunctionPrograms.baselinePrefix, on: placement)
        }
        // What is compared has its turns side by side.
        let pairs = ours.all.flatMap { own in
            [own] + (baseline?.all ?? []).filter { $0.name == FunctionPrograms.baselinePrefix + own.name }
        }
        let all = [floor] + pairs + (withLayer.map { [$0] } ?? []) + others
        try interleave(all, rounds: effort.rounds, cycles: effort.eventsPerRound) { progress("rounds", $0) }

        for (form, contestant) in ours.forms {
            add(form.words, contestant, beside: floor, goal: Self.goal(of: form), to: &report)
        }
        if let run = ours[.async] {
            for (wrapping, contestant) in ours.wrapped {
                add("\(wrapping.words), beside run", contestant, beside: run, to: &report)
                if wrapping.closures == 0, let withLayer {
                    add(
                        "\(wrapping.words), beside run with the layer", contestant, beside: withLayer, goal: 1.10,
                        to: &report)
                }
            }
            for other in others {
                add("run, beside \(other.name)", run, beside: other, goal: Self.goals[other.name], to: &report)
            }
        }
        if let baseline { compare(ours, with: baseline, in: &report) }
        report.tables.append(table(of: all, beside: floor))
        report.notes += all.filter { $0.connections != 1 }.map {
            "\($0.name) made \($0.connections) connections to the Runtime API for its first \(effort.eventsPerRound) events"
        }
    }

    /// The goals beside other runtimes.
    private static let goals = ["awslambdaric": 0.35, "swift-aws-lambda-runtime": 0.45]

    private static func goal(of form: FunctionPrograms.Form) -> Double? {
        switch form {
        case .blocking: 1.15
        case .async: 1.35
        case .codable, .streaming, .embedded: nil
        }
    }

    private func compare(_ ours: Functions, with baseline: Functions, in report: inout Report) {
        for (form, contestant) in ours.forms {
            guard let reference = baseline[form] else { continue }
            add("\(form.words), beside the baseline's", contestant, beside: reference, to: &report)
        }
        for (own, reference) in zip(ours.wrapped, baseline.wrapped) {
            add(
                "\(own.wrapping.words), beside the baseline's", own.contestant, beside: reference.contestant,
                to: &report)
        }
    }

    private func add(
        _ name: String, _ subject: FunctionContestant, beside reference: FunctionContestant, goal: Double? = nil,
        to report: inout Report
    ) {
        let comparison = Comparison(subject.responses, to: reference.responses) { $0.median }
        report.rows.append(
            Row(
                "event to response, " + name, subject.responses.map(\.median),
                beside: reference.responses.map(\.median),
                ratio: comparison.ratio, range: comparison.ratios.bulk, goal: goal.map(Row.Goal.atMost)))
    }

    private func table(of contestants: [FunctionContestant], beside floor: FunctionContestant) -> Table {
        var table = Table([
            .words("function"), .number("event to response, µs"), .number("p99"), .number("accepted to next, µs"),
            .number("CPU time an event, µs"), .number("beside the floor's"),
        ])
        func microseconds(_ nanoseconds: Double) -> String { (nanoseconds / 1e3).with(decimals: 1) }
        for contestant in contestants {
            let cpuRatio = Samples(zip(contestant.cpuTimes, floor.cpuTimes).map { $0 / $1 }).median
            table.add([
                contestant.name, microseconds(Samples(contestant.responses.map(\.median)).median),
                microseconds(contestant.allResponses.percentile(0.99)),
                microseconds(Samples(contestant.rests.map(\.median)).median),
                microseconds(Samples(contestant.cpuTimes).median), cpuRatio.words,
            ])
        }
        return table
    }
}
