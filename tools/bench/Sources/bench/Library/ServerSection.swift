import BenchCore
import Charts
import Foundation

/// A fixed 200, beside SwiftNIO and nginx: server and wrk on one core, and on two.
struct ServerSection: Section {
    struct Effort {
        var loads: [Wrk.Load]
        var rounds: Int
        var roundsOnTwoCores: Int
        /// Beside each of the other servers.
        var roundsInPairs: Int

        static let full = Effort(
            loads: [false, true].flatMap { isPipelined in
                [1, 64, 1_000].map { Wrk.Load(connections: $0, isPipelined: isPipelined) }
            }, rounds: 8, roundsOnTwoCores: 3, roundsInPairs: 20)
        static let quick = Effort(
            loads: full.loads.filter { $0.connections == 64 }, rounds: 1, roundsOnTwoCores: 0, roundsInPairs: 2)
    }

    let name = "server"
    var expectedSeconds: Double {
        secondsOfRounds + Double(programs.servers.count * effort.roundsInPairs * Self.pairLoads.count) * 2.2
    }
    private var secondsOfRounds: Double {
        Double(effort.loads.count * rounds.reduce(0, +)) * (programs.nginx == nil ? 2.2 : 3.3)
    }
    let programs: LibraryPrograms
    let effort: Effort
    let cpu: Int32
    /// wrk's in the rounds on two cores; nil where there is one.
    let otherCPU: Int32?
    var measured: [Measured] = []

    /// The results of a load for all servers, ours first: a list of rounds each.
    struct Measured {
        let load: Wrk.Load
        let isOnTwoCores: Bool
        var contestants: [(name: String, rounds: [Wrk.Outcome])]

        /// In words, for a table.
        var words: String { load.words + (isOnTwoCores ? ", two cores" : "") }

        func median(_ figure: (Wrk.Outcome) -> Double) -> [Double] {
            contestants.map { Samples($0.rounds.map(figure)).median }
        }

        /// Ours beside another's, round by round.
        func ratios(to peer: Int, _ figure: (Wrk.Outcome) -> Double) -> Samples {
            Samples(zip(contestants[0].rounds, contestants[peer].rounds).map { figure($0) / figure($1) })
        }
    }

    /// The number of rounds on one core, and on two.
    private var rounds: [Int] { [effort.rounds, otherCPU == nil ? 0 : effort.roundsOnTwoCores] }

    mutating func measure(into report: inout Report, progress: (String, Double) -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("bench-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        var servers = [
            try Server("postinvoke", [programs.own + "/serve"], on: cpu),
            try Server("SwiftNIO", [programs.peers + "/nio-serve"], on: cpu),
        ]
        defer { for server in servers { server.end() } }
        if let nginx = programs.nginx {
            servers.append(try Server(nginx: nginx, in: folder, on: cpu))
        } else {
            report.notes.append("nginx is not installed")
        }
        var done = 0
        // The share of the time that the rounds of all take.
        let inRounds = secondsOfRounds / expectedSeconds
        for (rounds, clientCPU) in zip(rounds, [cpu, otherCPU ?? cpu]) where rounds > 0 {
            let wrk = try Wrk(script: programs.pipeline, cpu: clientCPU)
            for load in effort.loads {
                var outcomes = servers.map { (name: $0.name, rounds: [Wrk.Outcome]()) }
                for round in 0..<rounds {
                    progress(
                        load.words + (clientCPU == cpu ? "" : ", two cores"),
                        inRounds * Double(done) / Double(effort.loads.count * self.rounds.reduce(0, +)))
                    done += 1
                    // Whoever comes first alternates.
                    for server in round.isMultiple(of: 2) ? Array(servers.indices) : servers.indices.reversed() {
                        outcomes[server].rounds.append(try wrk.drive(servers[server], with: load))
                    }
                }
                measured.append(Measured(load: load, isOnTwoCores: clientCPU != cpu, contestants: outcomes))
            }
        }
        addRows(to: &report)
        report.tables.append(table)
        try measurePairs(into: &report) { progress($0, inRounds + (1 - inRounds) * $1) }
    }

    private func addRows(to report: inout Report) {
        for measured in measured {
            let rates = measured.median(\.rate)
            for peer in measured.contestants.indices.dropFirst() {
                let name = measured.contestants[peer].name
                let ratios = measured.ratios(to: peer, \.rate)
                let goal: Row.Goal? =
                    measured.isOnTwoCores
                    ? nil
                    : name == "SwiftNIO" ? .atLeast(1.5) : measured.load.connections == 64 ? .atLeast(1) : nil
                report.rows.append(
                    Row(
                        "requests a second, \(measured.words), beside \(name)", measured: rates[0].grouped,
                        reference: rates[peer].grouped, value: ratios.median, range: ratios.range, goal: goal))
            }
        }
    }

    private var table: Table {
        let names = measured.first?.contestants.map(\.name) ?? []
        var table = Table(
            [.words("CPU time a request")] + names.map { .number("\($0), µs") }
                + names.dropFirst().map { .number("beside \($0)") })
        for measured in measured {
            table.add(
                [measured.words] + measured.median(\.cpuTime).map { $0.with(decimals: 2) }
                    + names.indices.dropFirst().map { measured.ratios(to: $0, \.cpuTime).words })
        }
        return table
    }

    func pictures(of report: Report) -> [Picture] {
        let chart = BarChart(
            title: "A fixed 200, server and client on one core",
            unit: "requests a second, more is better; \(report.machine), \(report.date)",
            names: measured.first?.contestants.map(\.name) ?? [],
            panels: [false, true].map { isPipelined in
                BarChart.Panel(
                    measured.filter { $0.load.isPipelined == isPipelined && !$0.isOnTwoCores }.map {
                        ($0.load.words, $0.median(\.rate).map(Optional.some))
                    }, heading: isPipelined ? "sixteen requests in one write" : "one request at a time")
            })
        return [chart.picture(file: "bench-server.svg")]
    }
}
