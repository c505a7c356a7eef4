import BenchCore
import CBench
import Charts
import Processes

/// The sandbox: warm invocations by `run`, 64 callers of `--serve` beside AWS's emulator with one, and memory.
struct SandboxSection: Section {
    struct Effort {
        var rounds: Int
        /// Warm invocations a round.
        var invocations: Int
        /// The time that wrk drives each in a round, in seconds.
        var seconds: Int
        /// The number of invocations after which memory is to be what it was after a tenth of them.
        var many: Int

        static let full = Effort(rounds: 5, invocations: 20_000, seconds: 3, many: 100_000)
        static let quick = Effort(rounds: 1, invocations: 5_000, seconds: 1, many: 10_000)
    }

    let name = "sandbox"
    /// The callers, and the environments for them.
    private static let callers = 64
    var expectedSeconds: Double {
        Double(effort.rounds * (effort.seconds * 4 + effort.invocations / 5000) + effort.many / 8_000)
    }
    let programs: SandboxPrograms
    let effort: Effort

    mutating func measure(into report: inout Report, progress: (String, Double) -> Void) async throws {
        try measureWarm(into: &report, progress: progress)
        try compare(into: &report, progress: progress)
        progress("memory", 0.85)
        let (early, late) = try memory()
        report.rows.append(
            Row(
                "resident memory after \(effort.many.grouped) invocations, beside after a tenth of them",
                measured: "\(late.grouped) KiB", reference: "\(early.grouped) KiB", value: Double(late) / Double(early),
                goal: .atMost(1.1)))
    }

    /// Warm invocations, beside those of the baseline: both in each round, in turn the one first and the other.
    private func measureWarm(into report: inout Report, progress: (String, Double) -> Void) throws {
        var (own, earlier): ([Double], [Double]) = ([], [])
        for round in 0..<effort.rounds {
            progress("warm invocations", 0.1 * Double(round) / Double(effort.rounds))
            if round.isMultiple(of: 2) { own.append(try timeOfInvocation(by: programs.sandbox)) }
            if let baseline = programs.baseline { earlier.append(try timeOfInvocation(by: baseline)) }
            if !round.isMultiple(of: 2) { own.append(try timeOfInvocation(by: programs.sandbox)) }
        }
        let time = Samples(own)
        report.rows.append(Row("a warm invocation by run", value: time.median, unit: "µs", range: time.range))
        guard !earlier.isEmpty else { return }
        let ratios = Samples(zip(earlier, own).map { $0 / $1 })
        report.rows.append(
            Row(
                "\(effort.invocations.grouped) warm invocations by run, how many times as fast as the baseline's",
                measured: seconds(time), reference: seconds(Samples(earlier)), value: ratios.median,
                range: ratios.range, goal: .atLeast(1.5)))
    }

    private func seconds(_ time: Samples) -> String {
        let hundredths = Int((time.median * Double(effort.invocations) / 1e4).rounded())
        return "\(hundredths / 100).\(hundredths % 100 < 10 ? "0" : "")\(hundredths % 100) s"
    }

    /// The time that an invocation takes in a run of many, in microseconds.
    private func timeOfInvocation(by sandbox: String) throws -> Double {
        let start = bench_now()
        _ = try Program.output(
            of: [
                sandbox, "run", "--function", programs.function, "--invocations", "\(effort.invocations)", "-q",
            ], on: -1)
        return Double(bench_now() - start) / 1e3 / Double(effort.invocations)
    }

    /// Rates beside the emulator's, which handles one invocation at a time: with a function that waits, and one that does not.
    private func compare(into report: inout Report, progress: (String, Double) -> Void) throws {
        let port = try check(bench_free_port(), "a free port")
        let runtimePort = try check(bench_free_port(), "a free port")
        let emulator = try Server(
            "AWS's emulator",
            [
                programs.emulator, "--runtime-interface-emulator-address", "127.0.0.1:\(port)", "--runtime-api-address",
                "127.0.0.1:\(runtimePort)", "--log-level", "error", programs.function, "handler",
            ], at: UInt16(port))
        defer { emulator.end() }
        let sandbox = try serve(environments: Self.callers)
        defer { sandbox.end() }
        let wrk = try Wrk(script: programs.script)
        for (event, words, goal) in [
            (event: "10", words: "a function that waits 10 ms", goal: Row.Goal.atLeast(5)),
            (event: "0", words: "one that answers at once", goal: nil),
        ] {
            // So that every environment is there.
            _ = try wrk.invoke(sandbox, callers: Self.callers, event: event, seconds: 1)
            var rates: [(own: Double, other: Double)] = []
            for round in 0..<effort.rounds {
                progress(words, (event == "0" ? 0.475 : 0.1) + 0.375 * Double(round) / Double(effort.rounds))
                rates.append(
                    (
                        try wrk.invoke(sandbox, callers: Self.callers, event: event, seconds: effort.seconds),
                        try wrk.invoke(emulator, callers: 1, event: event, seconds: effort.seconds)
                    ))
            }
            let ratios = Samples(rates.map { $0.own / $0.other })
            report.rows.append(
                Row(
                    "invocations a second by \(Self.callers) callers, \(words), beside AWS's emulator with one caller",
                    measured: Samples(rates.map(\.own)).median.grouped,
                    reference: Samples(rates.map(\.other)).median.grouped, value: ratios.median, range: ratios.range,
                    goal: goal))
        }
    }

    private func serve(environments: Int) throws -> Server {
        let port = try check(bench_free_port(), "a free port")
        return try Server(
            "lambda-sandbox",
            [
                programs.sandbox, "run", "--function", programs.function, "--serve", "127.0.0.1:\(port)",
                "--environments", "\(environments)", "-q",
            ], at: UInt16(port))
    }

    /// Resident memory early and late, in KiB.
    private func memory() throws -> (early: Int, late: Int) {
        let sandbox = try serve(environments: 1)
        defer { sandbox.end() }
        let request = Connection.invocation(of: "0")
        let connection = try Connection(port: sandbox.port)
        var early = 0
        for number in 1...effort.many {
            try connection.exchange(request)
            if number == effort.many / 10 { early = try sandbox.memory().resident / 1024 }
        }
        return (early, try sandbox.memory().resident / 1024)
    }
}
