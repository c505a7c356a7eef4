import BenchCore
import CBench
import CProcesses
import Charts
import Foundation

/// The extension beside the floor, in all that a cycle costs.
struct ExtensionSection: Section {
    struct Effort {
        var rounds: Int
        /// Few, so that whatever slows the machine for a tenth of a second falls on everybody's round.
        var cyclesPerRound: Int
        var otherRounds: Int
        var otherCyclesPerRound: Int
        var starts: Int
        var memoryCycles: Int
        var countedCycles: Int

        /// At least 10,000 cycles of each kind for each contestant.
        static let full = Effort(
            rounds: 240, cyclesPerRound: 100, otherRounds: 100, otherCyclesPerRound: 100, starts: 200,
            memoryCycles: 100_000, countedCycles: 2_000)
        static let quick = Effort(
            rounds: 40, cyclesPerRound: 100, otherRounds: 10, otherCyclesPerRound: 100, starts: 40,
            memoryCycles: 20_000, countedCycles: 500)
    }

    let name = "extension"
    var expectedSeconds: Double { effort.rounds > 100 ? 120 : 15 }
    let programs: Programs
    let effort: Effort
    let placements: [Placement]

    func measure(into report: inout Report, progress: (String, Double) -> Void) async throws {
        try measureCycles(into: &report) { progress($0, $1 * 0.5) }
        for (index, placement) in placements.dropFirst().enumerated() {
            progress("cycles, \(placement.name)", 0.5 + 0.05 * Double(index))
            try measureCycles(on: placement, into: &report)
        }
        progress("the SDK", 0.62)
        try await measureSDK(into: &report)
        progress("starts", 0.7)
        try measureStarts(into: &report)
        progress("system calls and allocations", 0.85)
        try countCalls(into: &report)
        try countAllocations(into: &report)
        progress("memory", 0.9)
        try measureMemory(into: &report)
        progress("instructions", 0.95)
        try countInstructions(into: &report)
    }

    func pictures(of report: Report) -> [Picture] {
        let plot = RidgePlot(
            title: "The /done round trip, as a client sees it",
            subtitle: "one core, interleaved, \(report.machine), \(report.date)", distributions: report.distributions)
        return [plot.picture(file: "bench-latency.svg")]
    }

    // MARK: Cycles

    private func measureCycles(into report: inout Report, progress: (String, Double) -> Void) throws {
        let placement = placements[0]
        try check(processes_pin(placement.client), "pinning to CPU \(placement.client)")
        let ours = try Contestant("postinvoke, TCP", [programs.extension], on: placement)
        let floor = try Contestant("C floor, TCP", [programs.floor], on: placement)
        let oursUnix = try Contestant("postinvoke, Unix socket", [programs.extension], .unix, on: placement)
        let floorUnix = try Contestant("C floor, Unix socket", [programs.floor], .unix, on: placement)
        let limit = try Contestant("ping-pong, TCP", [programs.pingpong], on: placement, hasAPI: false)
        let limitUnix = try Contestant(
            "ping-pong, Unix socket", [programs.pingpong], .unix, on: placement, hasAPI: false)
        let others = try programs.others.map { try Contestant($0.name, $0.command, on: placement) }
        let all = [ours, floor, oursUnix, floorUnix, limit, limitUnix] + others
        try interleave(all, rounds: effort.rounds, cycles: effort.cyclesPerRound) { progress("cycles, one core", $0) }

        add("/done round trip, TCP", ours, floor, \.roundTrips, goal: 1.05, to: &report)
        add(
            "/done round trip, TCP, p99", ours, floor, \.longRoundTrips, by: { $0.percentile(0.99) }, goal: 1.15,
            to: &report)
        add("/done to Next, TCP", ours, floor, \.toNext, goal: 1.05, to: &report)
        add(
            "/done round trip, Unix socket, beside the floor's over TCP", oursUnix, floor, \.roundTrips, goal: 0.85,
            to: &report)
        add(
            "/done to Next, Unix socket, beside the floor's over TCP", oursUnix, floor, \.toNext, goal: 0.85,
            to: &report)
        addCPUTime(ours, floor, to: &report)
        add("/done round trip, Unix socket, beside the floor's", oursUnix, floorUnix, \.roundTrips, to: &report)
        add("/done to Next, Unix socket, beside the floor's", oursUnix, floorUnix, \.toNext, to: &report)
        add("C ping-pong round trip, TCP", limit, floor, \.roundTrips, to: &report)
        add("C ping-pong round trip, Unix socket", limitUnix, floor, \.roundTrips, to: &report)
        for other in others {
            add("\(other.name): /done round trip", other, floor, \.roundTrips, to: &report)
            add("\(other.name): /done to Next", other, floor, \.toNext, to: &report)
            addCPUTime(other, floor, prefix: other.name + ": ", goal: nil, to: &report)
        }
        report.distributions = all.enumerated().map { index, contestant in
            Distribution(
                name: contestant.name, group: index < 6 ? [0, 1, 0, 1, 2, 2][index] : 3,
                samples: contestant.allRoundTrips)
        }
        noteSleeps(of: [ours, floor, oursUnix, floorUnix], in: &report)
    }

    private func measureCycles(on placement: Placement, into report: inout Report) throws {
        try check(processes_pin(placement.client), "pinning to CPU \(placement.client)")
        defer { processes_pin(placements[0].client) }
        let ours = try Contestant("postinvoke", [programs.extension], on: placement)
        let floor = try Contestant("C floor", [programs.floor], on: placement)
        let unix = try Contestant("postinvoke, Unix socket", [programs.extension], .unix, on: placement)
        try interleave([ours, floor, unix], rounds: effort.otherRounds, cycles: effort.otherCyclesPerRound) { _ in }
        add("/done round trip, TCP, \(placement.name)", ours, floor, \.roundTrips, to: &report)
        add("/done to Next, TCP, \(placement.name)", ours, floor, \.toNext, to: &report)
        add("/done round trip, Unix socket, \(placement.name)", unix, floor, \.roundTrips, to: &report)
    }

    private func add(
        _ name: String, _ subject: Contestant, _ reference: Contestant, _ times: KeyPath<Contestant, [Samples]>,
        by figure: (Samples) -> Double = { $0.median }, goal: Double? = nil, to report: inout Report
    ) {
        let comparison = Comparison(subject[keyPath: times], to: reference[keyPath: times], by: figure)
        report.rows.append(
            Row(
                name, subject[keyPath: times].map(figure), beside: reference[keyPath: times].map(figure),
                ratio: comparison.ratio, range: comparison.ratios.bulk, goal: goal.map(Row.Goal.atMost)))
    }

    private func addCPUTime(
        _ subject: Contestant, _ reference: Contestant, prefix: String = "", goal: Double? = 1.10,
        to report: inout Report
    ) {
        let ratios = Samples(zip(subject.cpuTimes, reference.cpuTimes).map { $0 / $1 })
        report.rows.append(
            Row(
                prefix + "CPU time a cycle", subject.cpuTimes, beside: reference.cpuTimes, ratio: ratios.median,
                range: ratios.bulk, goal: goal.map(Row.Goal.atMost)))
    }

    /// Says so when INVOKE and `/done` were not always two wakes, which the figures take for granted.
    private func noteSleeps(of contestants: [Contestant], in report: inout Report) {
        for contestant in contestants where abs(contestant.sleepsPerCycle - 2) > 0.05 {
            report.notes.append(
                "\(contestant.name) slept \(contestant.sleepsPerCycle.words) times a cycle instead of twice")
        }
        let forced = contestants.map(\.preemptionsPerThousand).max() ?? 0
        if forced > 20 {
            report.notes.append("up to \(forced.words) of 1000 cycles were interrupted by another process")
        }
    }
}
