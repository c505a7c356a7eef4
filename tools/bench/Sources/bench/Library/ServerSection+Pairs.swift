import BenchCore
import CBench
import Charts

extension ServerSection {
    /// The loads under which another server is compared.
    static let pairLoads = [64, 1_000].map { Wrk.Load(connections: $0, isPipelined: false) }

    /// Ours and each server that was given, those two alone, in turn on one core.
    func measurePairs(into report: inout Report, progress: (String, Double) -> Void) throws {
        for (index, peer) in programs.servers.enumerated() {
            let port = UInt16(try check(bench_free_port(), "a free port"))
            let servers = [
                try Server("postinvoke", [programs.own + "/serve"], on: cpu),
                try Server(peer.name, peer.command + ["\(port)"], at: port, on: cpu),
            ]
            defer { for server in servers { server.end() } }
            let wrk = try Wrk(script: programs.pipeline, cpu: cpu)
            for (number, load) in Self.pairLoads.enumerated() {
                var outcomes = servers.map { (name: $0.name, rounds: [Wrk.Outcome]()) }
                for round in 0..<effort.roundsInPairs {
                    let done =
                        Double(index * Self.pairLoads.count + number) + Double(round) / Double(effort.roundsInPairs)
                    progress(
                        "\(load.words), beside \(peer.name)",
                        done / Double(programs.servers.count * Self.pairLoads.count))
                    for server in round.isMultiple(of: 2) ? [0, 1] : [1, 0] {
                        outcomes[server].rounds.append(try wrk.drive(servers[server], with: load))
                    }
                }
                let measured = Measured(load: load, isOnTwoCores: false, contestants: outcomes)
                let (rates, ratios) = (measured.median(\.rate), measured.ratios(to: 1, \.rate))
                report.rows.append(
                    Row(
                        "requests a second, \(load.words), beside \(peer.name)", measured: rates[0].grouped,
                        reference: rates[1].grouped, value: ratios.median, range: ratios.range,
                        goal: peer.name == "libreactor" ? .atLeast(1.05) : nil))
            }
        }
    }
}
