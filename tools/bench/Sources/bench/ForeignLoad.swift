import CBench
import Foundation
import Processes

/// The share of the processors that other programs, and the machine's host, took during a run.
struct ForeignLoad {
    private let start = Reading()

    /// A note for the report, when it was enough to disturb; nil otherwise.
    func note() -> String? {
        let end = Reading()
        let all = end.all - start.all
        guard all > 0 else { return nil }
        let foreign = max(0, end.busy - start.busy - (end.own - start.own)) / all
        let stolen = (end.stolen - start.stolen) / all
        guard foreign > 0.03 || stolen > 0.01 else { return nil }
        let (percent, lost) = (Int((foreign * 100).rounded()), Int((stolen * 100).rounded()))
        return "other programs took \(percent) % of this machine's time meanwhile, its host \(lost) %: "
            + "ratios are of interleaved rounds and stand, single times may not"
    }

    /// Seconds since the machine's start.
    private struct Reading {
        var all = 0.0
        var busy = 0.0
        var stolen = 0.0
        var own = 0.0

        init() {
            let ticks = Double(sysconf(Int32(_SC_CLK_TCK)))
            let line = ProcessFiles.text("/proc/stat").prefix { $0 != "\n" }
            // user, nice, system, idle, iowait, irq, softirq, steal: proc(5).
            let times = line.split(separator: " ").dropFirst().compactMap { Double($0) }.map { $0 / ticks }
            guard times.count >= 8 else { return }
            all = times[0..<8].reduce(0, +)
            busy = times[0] + times[1] + times[2] + times[5] + times[6]
            stolen = times[7]
            own = Double(bench_cpu_time_of_family()) / 1e9
        }
    }
}
