import BenchCore
import CBench
import Charts
import Processes

extension ExtensionSection {
    /// From vfork(2) to the arrival of the first Next, in pairs.
    func measureStarts(into report: inout Report) throws {
        let launches = [
            try Launch([programs.extension], .tcp), try Launch([programs.staticFloor], .tcp),
        ]
        defer { for launch in launches { launch.close() } }
        var times: [[Double]] = [[], []]
        for round in -5..<effort.starts {
            for index in round.isMultiple(of: 2) ? [0, 1] : [1, 0] {
                let time = try start(launches[index])
                if round >= 0 { times[index].append(time) }
            }
        }
        let ratios = Samples(zip(times[0], times[1]).map { $0 / $1 })
        report.rows.append(
            Row(
                "spawn to first Next, beside a static C program's", times[0], beside: times[1], ratio: ratios.median,
                range: ratios.bulk, goal: .atMost(1.2)))
    }

    private func start(_ launch: Launch) throws -> Double {
        let cpu = placements[0].extension
        var state = bench_extension(api: -1, client: -1, twin: -1, bell: -1, cycle: 0, page: nil, done: 0)
        var next: Int64 = 0
        let begin = bench_now()
        let pid = try launch.spawn(on: cpu)
        defer {
            ProcessEnd.killing(pid)
            bench_close(&state)
        }
        try check(bench_accept(launch.listener, &state, &next), "\(launch.command[0]) does not register")
        return Double(next - begin)
    }
}
