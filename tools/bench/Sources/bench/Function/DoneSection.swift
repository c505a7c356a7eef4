import BenchCore
import CBench
import CProcesses

/// The end of an invocation: the SDK's call, and what lies between `/done` and the extension's Next.
struct DoneSection: Section {
    struct Effort {
        var rounds: Int
        var cyclesPerRound: Int

        static let full = Effort(rounds: 240, cyclesPerRound: 100)
        static let quick = Effort(rounds: 40, cyclesPerRound: 100)
    }

    let name = "done"
    var expectedSeconds: Double { effort.rounds > 100 ? 14 : 3 }
    let programs: FunctionPrograms
    let effort: Effort
    let placement: Placement

    func measure(into report: inout Report, progress: (String, Double) -> Void) async throws {
        report.notes += programs.missing.filter { !$0.contains("Embedded") }
        try check(processes_pin(placement.client), "pinning to CPU \(placement.client)")
        try measureRawClient(into: &report) { progress("/done to Next", 0.5 * $0) }
        try measureSDK(into: &report) { progress("the SDK's done call", 0.5 + 0.5 * $0) }
    }

    /// The client in C, by the fastest transport, beside others by other transports.
    private func measureRawClient(into report: inout Report, progress: (Double) -> Void) throws {
        let floor = try Contestant("C floor, TCP", [programs.extensionFloor], on: placement)
        let fastest = try Contestant(
            "postinvoke, \(Launch.Transport.fastest.words)", [programs.own.extension], .fastest, on: placement)
        let baseline = try programs.baseline.map {
            try Contestant("baseline, Unix socket", [$0.extension], .unix, on: placement)
        }
        try interleave(
            [floor, fastest] + (baseline.map { [$0] } ?? []), rounds: effort.rounds, cycles: effort.cyclesPerRound,
            progress: progress)
        let name = "/done to Next, \(Launch.Transport.fastest.words)"
        add("\(name), beside the extension's floor over TCP", fastest.toNext, beside: floor.toNext, 0.65, to: &report)
        if let baseline {
            add(
                "\(name), beside the baseline's Unix socket", fastest.toNext, beside: baseline.toNext, 0.85, to: &report
            )
        }
    }

    /// The SDK's public API, each build's in a process of its own, with its own extension.
    private func measureSDK(into report: inout Report, progress: (Double) -> Void) throws {
        let transports = [Launch.Transport.tcp, .unix]
        let own = try transports.map { try DoneCaller("the SDK", programs.own, $0, on: placement) }
        let baseline = try programs.baseline.map { build in
            try transports.map { try DoneCaller("the baseline's SDK", build, $0, on: placement) }
        }
        try interleave(own + (baseline ?? []), rounds: effort.rounds, cycles: effort.cyclesPerRound, progress: progress)
        for (index, transport) in transports.enumerated() {
            let name = "the SDK's done call, \(transport.words)"
            guard let baseline else {
                let times = Samples(own[index].calls.map(\.median))
                report.rows.append(
                    Row(name, value: times.median / 1e3, unit: "µs", range: times.range.map(Self.microseconds)))
                continue
            }
            add(
                "\(name), beside the baseline's", own[index].calls, beside: baseline[index].calls, 0.40, to: &report)
            add(
                "the SDK's done call to Next, \(transport.words), beside the baseline's", own[index].toNext,
                beside: baseline[index].toNext, nil, to: &report)
        }
    }

    private static func microseconds(_ nanoseconds: ClosedRange<Double>) -> ClosedRange<Double> {
        nanoseconds.lowerBound / 1e3...nanoseconds.upperBound / 1e3
    }

    private func add(
        _ name: String, _ subject: [Samples], beside reference: [Samples], _ goal: Double?, to report: inout Report
    ) {
        let comparison = Comparison(subject, to: reference) { $0.median }
        report.rows.append(
            Row(
                name, subject.map(\.median), beside: reference.map(\.median), ratio: comparison.ratio,
                range: comparison.ratios.bulk, goal: goal.map(Row.Goal.atMost)))
    }
}
