import BenchCore
import CBench
import CProcesses
import Glibc
import Processes

/// From vfork(2) to the arrival of a function's first request for an event.
struct StartsSection: Section {
    let name = "starts"
    var expectedSeconds: Double { Double(starts) / 200 * 8 }
    let programs: FunctionPrograms
    let starts: Int
    let placement: Placement

    /// A program that is started again and again, and how long that took, in nanoseconds.
    private final class Starter: Interleaved {
        private let launch: Launch
        private let cpu: Int32
        private(set) var times: [Double] = []

        init(_ program: String, on placement: Placement) throws {
            launch = try Launch([program], .tcp)
            cpu = placement.extension
        }

        deinit { launch.close() }

        func warmUp(_ cycles: Int) throws { for _ in 0..<cycles { _ = try start() } }

        func measure(_ cycles: Int) throws { for _ in 0..<cycles { times.append(try start()) } }

        private func start() throws -> Double {
            var next: Int64 = 0
            let begin = bench_now()
            let pid = try launch.spawn(on: cpu)
            defer { ProcessEnd.killing(pid) }
            guard let function = bench_accept_function(launch.listener, &next) else {
                throw Failure("\(launch.command[0]) does not ask for an event", errno)
            }
            bench_close_function(function)
            return Double(next - begin)
        }
    }

    func measure(into report: inout Report, progress: (String, Double) -> Void) async throws {
        report.notes += programs.missing
        try check(processes_pin(placement.client), "pinning to CPU \(placement.client)")
        let floor = try Starter(programs.staticFloor, on: placement)
        let forms = try FunctionPrograms.Form.allCases.compactMap { form in
            try programs.own.function(form).map { program in
                (
                    form: form, own: try Starter(program, on: placement),
                    baseline: try programs.baseline?.function(form).map { try Starter($0, on: placement) }
                )
            }
        }
        // What is compared has its turns side by side.
        let all = [floor] + forms.flatMap { [$0.own] + ($0.baseline.map { [$0] } ?? []) }
        try interleave(all, rounds: starts, cycles: 1) { progress("rounds", $0) }
        for (form, starter, _) in forms {
            add(
                "\(form.words), beside a static C program's", starter, floor, form == .embedded ? 1.3 : nil, to: &report
            )
        }
        for (form, starter, baseline) in forms {
            guard let baseline else { continue }
            let isOrdinary = form == .blocking || form == .async
            add("\(form.words), beside the baseline's", starter, baseline, isOrdinary ? 0.7 : nil, to: &report)
        }
    }

    private func add(
        _ name: String, _ subject: Starter, _ reference: Starter, _ goal: Double?, to report: inout Report
    ) {
        let ratios = Samples(zip(subject.times, reference.times).map { $0 / $1 })
        report.rows.append(
            Row(
                "spawn to first next, " + name, subject.times, beside: reference.times, ratio: ratios.median,
                range: ratios.bulk, goal: goal.map(Row.Goal.atMost)))
    }
}
