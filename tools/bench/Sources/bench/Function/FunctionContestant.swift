import BenchCore
import CBench
import Glibc
import Processes

/// A running function, whose events are measured; where it leaves closures, with an extension that holds its invocations.
final class FunctionContestant: Interleaved {
    let name: String
    private let launch: Launch
    private let holder: Contestant?
    private let pid: pid_t
    private let function: OpaquePointer
    /// The number of connections to the Runtime API that it made for the first events.
    private(set) var connections = 0
    /// From an event to its response, in each round.
    private(set) var responses: [Samples] = []
    /// From the response's acceptance until everybody asks for the next event, in each round.
    private(set) var rests: [Samples] = []
    /// CPU time an event, in nanoseconds, of each round.
    private(set) var cpuTimes: [Double] = []

    /// Starts it and brings it to its first request for an event.
    ///
    /// - Parameter holder: the extension that it is to check in with.
    init(
        _ name: String, _ command: [String], on placement: Placement, heldBy holder: Contestant? = nil,
        environment: [String: String] = [:]
    ) throws {
        self.name = name
        self.holder = holder
        launch = try Launch(
            command, .tcp,
            environment: environment.merging(holder.map { ["POSTINVOKE_ADDRESS": $0.address] } ?? [:]) { $1 })
        let pid = try launch.spawn(on: placement.extension)
        var time: Int64 = 0
        guard let function = bench_accept_function(launch.listener, &time) else {
            let failure = Failure("\(name) does not ask for an event", errno)
            ProcessEnd.killing(pid)
            throw failure
        }
        self.pid = pid
        self.function = function
    }

    deinit {
        bench_close_function(function)
        ProcessEnd.killing(pid)
        launch.close()
    }

    func warmUp(_ cycles: Int) throws {
        _ = try run(cycles)
        connections = Int(bench_settle_function(function))
    }

    /// Runs a round of events and keeps what they took, but for the first ones, which bring the caches back from others.
    func measure(_ cycles: Int) throws {
        _ = try run(10)
        let cpu = bench_cpu_time(pid)
        let times = try run(cycles)
        cpuTimes.append(Double(bench_cpu_time(pid) - cpu) / Double(cycles))
        responses.append(Samples(times.responses))
        rests.append(Samples(times.rests))
    }

    /// All times from an event to its response.
    var allResponses: Samples { Samples(responses.flatMap(\.values)) }

    /// The process's memory as it is now.
    func memory() throws -> Memory { try Memory(of: pid) }

    private func run(_ cycles: Int) throws -> (responses: [Int64], rests: [Int64]) {
        var responses = [Int64](repeating: 0, count: cycles)
        var rests = responses
        func run(_ held: UnsafeMutablePointer<bench_extension>?) -> Int32 {
            bench_events(function, held, Int32(cycles), &responses, &rests)
        }
        try check(holder?.withState(run) ?? run(nil), "\(name) with an event")
        return (responses, rests)
    }
}

extension FunctionContestant {
    /// Closures after the response of an invocation, and where the extension listens that holds it.
    struct Wrapping {
        let closures: Int
        let transport: Launch.Transport

        /// Every number with every transport.
        static let all = [Launch.Transport.tcp, .unix].flatMap { transport in
            [0, 1, 3].map { Wrapping(closures: $0, transport: transport) }
        }

        var words: String {
            let number = ["no closure", "one closure", "", "three closures"][closures]
            return "wrap, \(number), \(transport.words)"
        }
    }

    /// Starts a function whose handler is wrapped, and an extension of the same build.
    ///
    /// - Parameter prefix: what its name begins with.
    convenience init(
        _ prefix: String, _ wrapping: Wrapping, of build: FunctionPrograms.Build, on placement: Placement
    ) throws {
        try self.init(
            prefix + wrapping.words, [build.wrapped], on: placement,
            heldBy: .holder(of: build, wrapping.transport, on: placement),
            environment: ["CLOSURES": "\(wrapping.closures)"])
    }
}

extension Contestant {
    /// An extension that holds the invocations of whoever checks in, and lets those of others pass.
    static func holder(
        of build: FunctionPrograms.Build, _ transport: Launch.Transport, on placement: Placement
    ) throws -> Contestant {
        try Contestant("the extension", [build.extension], transport, on: placement, opensSession: false)
    }
}
