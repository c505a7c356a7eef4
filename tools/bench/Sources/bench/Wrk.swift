import BenchCore
import Charts

/// wrk, which drives a server.
struct Wrk {
    /// The load that it puts on a server.
    struct Load: Equatable {
        var connections: Int
        var isPipelined: Bool

        /// In words, for a chart.
        var words: String {
            "\(connections.grouped) connection\(connections == 1 ? "" : "s")\(isPipelined ? ", pipelined" : "")"
        }
    }

    struct Outcome {
        /// Requests a second.
        var rate: Double
        /// The server's CPU time for each of them, in microseconds.
        var cpuTime: Double
    }

    private let path: String
    /// A script for it: to send sixteen requests at once, or to invoke.
    private let script: String
    private let cpu: Int32

    /// - Parameter cpu: the CPU it is put on; -1 for any.
    init(script: String, cpu: Int32 = -1) throws {
        path = try Program.find("wrk")
        self.script = script
        self.cpu = cpu
    }

    func drive(_ server: Server, with load: Load) throws -> Outcome {
        let before = try server.cpuTime()
        let counts = try run(
            ["-t1", "-c\(load.connections)", "-d1s"] + (load.isPipelined ? ["-s", script] : [])
                + ["http://127.0.0.1:\(server.port)/"], server.name)
        let spent = Double(try server.cpuTime() - before)
        guard counts.others == 0 else { throw Failure("\(server.name), \(load.words): not each answered with 200") }
        return Outcome(rate: counts.rate, cpuTime: spent / counts.answers / 1e3)
    }

    /// Invokes as often as can be; returns the invocations a second that were answered with 200.
    func invoke(_ server: Server, callers: Int, event: String, seconds: Int) throws -> Double {
        let counts = try run(
            [
                "-t1", "-c\(callers)", "-d\(seconds)s", "-s", script,
                "http://127.0.0.1:\(server.port)/2015-03-31/functions/function/invocations", "--", event,
            ], server.name)
        return counts.rate * (1 - counts.others / counts.answers)
    }

    /// Runs it; returns answers a second, and the answers, of which some were no 200.
    private func run(
        _ arguments: [String], _ name: String
    ) throws -> (rate: Double, answers: Double, others: Double) {
        let output = try Program.output(of: [path] + arguments, on: cpu)
        guard !output.contains("Socket errors") else { throw Failure("\(name): \(output)") }
        let lines = output.split(separator: "\n").map { $0.split(separator: " ") }
        func number(_ place: ([Substring]) -> Bool, _ word: ([Substring]) -> Substring?) -> Double? {
            lines.first(where: place).flatMap(word).flatMap { Double($0) }
        }
        guard let answers = number({ $0.contains("requests") }, \.first), answers > 0,
            let rate = number({ $0.first == "Requests/sec:" }, \.last)
        else { throw Failure("wrk says: \(output)") }
        return (rate, answers, number({ $0.first == "Non-2xx" }, \.last) ?? 0)
    }
}
