import BenchCore
import CBench
import CProcesses
import Charts
import Foundation

/// Idle connections beside an active one: what its round trip costs then, and what memory each of them takes.
struct IdleSection: Section {
    struct Effort {
        var counts: [Int]
        var rounds: Int
        var roundTrips: Int

        static let full = Effort(counts: [10, 100, 1_000, 10_000], rounds: 9, roundTrips: 6_000)
        static let quick = Effort(counts: [10, 1_000], rounds: 3, roundTrips: 2_000)
    }

    let name = "idle"
    var expectedSeconds: Double { Double(effort.counts.count * effort.rounds * effort.roundTrips) * 5e-5 }
    let programs: LibraryPrograms
    let effort: Effort
    let cpu: Int32

    func measure(into report: inout Report, progress: (String, Double) -> Void) async throws {
        // Client and servers on one core: to wake another would cost more than all that is measured.
        try check(processes_pin(cpu), "pinning to CPU \(cpu)")
        let most = try raiseDescriptorLimit()
        var memory: [Row] = []
        for (index, count) in effort.counts.enumerated() {
            let words = "\(count.grouped) idle connections"
            progress(words, Double(index) / Double(effort.counts.count))
            // Both ends are on this machine, in two processes, each of which needs a descriptor for every connection.
            guard count < most - 100 else {
                report.notes.append("\(words) are left out: the limit of open files is \(most)")
                continue
            }
            memory.append(try measure(count, words, into: &report))
        }
        report.rows += memory
    }

    /// Measures with `count` idle connections; the row of their memory.
    private func measure(_ count: Int, _ words: String, into report: inout Report) throws -> Row {
        let servers = try ["busy", "quiet"].map { try Server($0, [programs.own + "/serve"], on: cpu) }
        defer { for server in servers { server.end() } }
        let active = try servers.map { try Connection(port: $0.port) }
        for connection in active { _ = try connection.roundTrips(2_000) }
        let before = (allocated: try active[0].number("/memory"), mapped: try servers[0].memory().resident)
        let idle = try (0..<count).map { _ in
            let connection = try Connection(port: servers[0].port)
            try connection.exchange(Connection.get("/"))
            return connection
        }
        defer { withExtendedLifetime(idle) {} }
        let allocated = Double(try active[0].number("/memory") - before.allocated) / Double(count)
        let mapped = Double(try servers[0].memory().resident - before.mapped) / Double(count)

        var rounds: [[Samples]] = [[], []]
        for round in 0..<effort.rounds {
            // Whoever comes first alternates.
            for index in round.isMultiple(of: 2) ? [0, 1] : [1, 0] {
                rounds[index].append(Samples(try active[index].roundTrips(effort.roundTrips)))
            }
        }
        let comparison = Comparison(rounds[0], to: rounds[1]) { $0.median }
        report.rows.append(
            Row(
                "round trip, \(words), beside none", rounds[0].map(\.median), beside: rounds[1].map(\.median),
                ratio: comparison.ratio, range: comparison.ratios.range, goal: .atMost(1.1)))
        // The kernel maps whole pages, which says nothing of a few connections.
        return Row(
            "memory of each, \(words)", measured: count < 1_000 ? "" : "\(mapped.words) B mapped",
            value: allocated, unit: "B", goal: .atMost(512))
    }

    /// Lets this process, and those that it starts, have as many open files as they may; how many that is.
    private func raiseDescriptorLimit() throws -> Int {
        var limit = rlimit()
        try check(getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit), "the limit of open files")
        limit.rlim_cur = limit.rlim_max
        try check(setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit), "raising the limit of open files")
        return Int(clamping: limit.rlim_cur)
    }
}
