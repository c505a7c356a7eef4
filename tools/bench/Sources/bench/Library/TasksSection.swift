import BenchCore
import Charts

/// Tasks and actors on the loop's thread, beside callbacks.
struct TasksSection: Section {
    let name = "tasks"
    let expectedSeconds = 5.0
    let programs: LibraryPrograms
    let rounds: Int
    let cpu: Int32

    func measure(into report: inout Report, progress: (String, Double) -> Void) async throws {
        progress("rounds", 0)
        let output = try Program.output(of: [programs.own + "/tasks", "\(self.rounds)"], on: cpu)
        var times: [String: [Double]] = [:]
        for line in output.split(separator: "\n") {
            let words = line.split(separator: " ")
            guard words.count == 2, let time = Double(words[1]) else { throw Failure("not a name and a time: \(line)") }
            times[String(words[0]), default: []].append(time)
        }
        func rounds(_ name: String) throws -> [Double] {
            guard let found = times[name], found.count == self.rounds else { throw Failure("no times of \(name)") }
            return found
        }
        let resume = Samples(try rounds("resume").map { $0 / 1e3 })
        let call = Samples(try rounds("actor"))
        report.rows += [
            Row(
                "a task that waits is resumed on its own thread", value: resume.median, unit: "µs",
                range: resume.range, goal: .atMost(2)),
            Row("a task calls an actor on its thread", value: call.median, unit: "ns", range: call.range),
        ]
        for (title, task, callback) in [
            ("loop.sleep, due at once, beside a timer's handler", "sleep", "timer"),
            ("echo through AsyncSocket, beside handlers", "socket", "handler"),
        ] {
            let (own, other) = (try rounds(task), try rounds(callback))
            let ratios = Samples(zip(own, other).map { $0 / $1 })
            report.rows.append(Row(title, own, beside: other, ratio: ratios.median, range: ratios.range))
        }
    }
}
