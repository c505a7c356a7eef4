import BenchCore
import Charts

/// wrk, which drives a server for a second.
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

    let path: String
    /// The script that sends sixteen requests at once.
    let pipeline: String
    let cpu: Int32

    init(pipeline: String, cpu: Int32) throws {
        path = try Program.find("wrk")
        self.pipeline = pipeline
        self.cpu = cpu
    }

    func drive(_ server: Server, with load: Load) throws -> Outcome {
        let before = try server.cpuTime()
        let output = try Program.output(
            of: [path, "-t1", "-c\(load.connections)", "-d1s"] + (load.isPipelined ? ["-s", pipeline] : [])
                + ["http://127.0.0.1:\(server.port)/"], on: cpu)
        let spent = Double(try server.cpuTime() - before)
        guard !output.contains("Non-2xx"), !output.contains("Socket errors") else {
            throw Failure("\(server.name), \(load.words): \(output)")
        }
        let lines = output.split(separator: "\n").map { $0.split(separator: " ") }
        guard let served = lines.first(where: { $0.contains("requests") })?.first.flatMap({ Double($0) }), served > 0,
            let rate = lines.first(where: { $0.first == "Requests/sec:" })?.last.flatMap({ Double($0) })
        else { throw Failure("wrk says: \(output)") }
        return Outcome(rate: rate, cpuTime: spent / served / 1e3)
    }
}
