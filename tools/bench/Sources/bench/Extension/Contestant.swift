import BenchCore
import CBench
import Foundation
import Processes

/// A running extension, or server, whose cycles are measured.
final class Contestant: Interleaved {
    let name: String
    private let launch: Launch
    private(set) var pid: pid_t = -1
    /// True if there is an API on its other side; a bare server has none.
    private let hasAPI: Bool
    private var state = bench_extension(api: -1, client: -1, twin: -1, bell: -1, cycle: 0, page: nil, done: 0)
    /// The measurements of each round.
    private(set) var roundTrips: [Samples] = []
    private(set) var toNext: [Samples] = []
    /// CPU time a cycle, in nanoseconds, of each round.
    private(set) var cpuTimes: [Double] = []
    private var switches: [(voluntary: Int, forced: Int)] = []
    private var cycles = 0

    /// Starts it and brings it to its first Next.
    init(
        _ name: String, _ command: [String], _ transport: Launch.Transport = .tcp, on placement: Placement,
        hasAPI: Bool = true, opensSession: Bool = true, environment: [String: String] = [:],
        tracer: ((Launch) throws -> pid_t)? = nil
    ) throws {
        self.name = name
        self.hasAPI = hasAPI
        launch = try Launch(command, transport, environment: environment)
        pid = try tracer?(launch) ?? launch.spawn(on: placement.extension)
        if hasAPI {
            var time: Int64 = 0
            try check(bench_accept(launch.listener, &state, &time), "\(name) does not register")
        }
        let socket = transport == .tcp ? nil : launch.socketName
        let checkIn = hasAPI && opensSession ? (transport == .page ? BENCH_PAGE : BENCH_SESSION) : BENCH_NO_SESSION
        try check(bench_connect(&state, launch.port, socket, checkIn), "\(name) does not listen")
        if hasAPI { bench_find_twin(&state, pid) }
    }

    deinit { end() }

    /// Ends the process.
    func end() {
        guard pid > 0 else { return }
        bench_close(&state)
        ProcessEnd.killing(pid)
        launch.close()
        pid = -1
    }

    /// Ends the process as Lambda does, and waits for it.
    func shutDown() throws {
        try check(bench_shut_down(&state, pid), "\(name): SHUTDOWN")
        letGo()
    }

    /// Forgets the process, which somebody else ends.
    func letGo() {
        bench_close(&state)
        launch.close()
        pid = -1
    }

    /// Where functions reach it.
    var address: String {
        launch.transport == .tcp ? "127.0.0.1:\(launch.port)" : "unix:@\(launch.socketName)"
    }

    /// Runs cycles without keeping what they took.
    func warmUp(_ cycles: Int) throws { _ = try run(cycles) }

    /// Runs a round of cycles and keeps what they took, but for the first ones, which bring the caches back from others.
    func measure(_ cycles: Int) throws {
        try warmUp(10)
        let cpu = bench_cpu_time(pid)
        let before = contextSwitches
        let samples = try run(cycles)
        cpuTimes.append(Double(bench_cpu_time(pid) - cpu) / Double(cycles))
        let after = contextSwitches
        switches.append((after.voluntary - before.voluntary, after.forced - before.forced))
        self.cycles += cycles
        guard hasAPI else { return roundTrips.append(Samples(samples)) }
        roundTrips.append(Samples(stride(from: 0, to: cycles, by: 2).map { samples[$0] }))
        toNext.append(Samples(stride(from: 1, to: cycles, by: 2).map { samples[$0] }))
    }

    /// The round trips of twenty rounds at a time: one round alone has too few for a percentile.
    var longRoundTrips: [Samples] {
        stride(from: 0, to: roundTrips.count, by: 20).map { first in
            Samples(roundTrips[first..<min(first + 20, roundTrips.count)].flatMap(\.values))
        }
    }

    var allRoundTrips: Samples { Samples(roundTrips.flatMap(\.values)) }

    /// The number of times the process went to sleep a cycle; two where INVOKE and `/done` never came together.
    var sleepsPerCycle: Double { Double(switches.map(\.voluntary).reduce(0, +)) / Double(max(1, cycles)) }

    /// The number of times another process took its core away, per thousand cycles.
    var preemptionsPerThousand: Double { Double(switches.map(\.forced).reduce(0, +)) * 1000 / Double(max(1, cycles)) }

    private func run(_ cycles: Int) throws -> [Int64] {
        var samples = [Int64](repeating: 0, count: cycles)
        let status =
            hasAPI
            ? bench_cycles(&state, Int32(cycles), &samples) : bench_round_trips(&state, Int32(cycles), &samples)
        try check(status, "\(name) in cycle \(state.cycle)")
        return samples
    }

    private var contextSwitches: (voluntary: Int, forced: Int) {
        let text = ProcessFiles(of: pid).text("status")
        func value(_ name: String) -> Int { ProcessFiles.number(name, in: text) ?? 0 }
        return (value("voluntary_ctxt_switches:"), value("nonvoluntary_ctxt_switches:"))
    }
}

extension Contestant {
    /// Begins a cycle by hand; returns the invocation's id.
    func invoke() throws -> String {
        try check(bench_invoke(&state), "\(name): INVOKE")
        var id = [CChar](repeating: 0, count: 37)
        bench_request_id(&state, &id)
        return String(decoding: id.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    /// The raw client's `/done`; nanoseconds.
    func done() throws -> Int64 {
        var time: Int64 = 0
        try check(bench_done(&state, &time), "\(name): /done")
        return time
    }

    /// Ends a cycle by hand.
    func expectNext() throws { try check(bench_expect_next(&state), "\(name): Next") }

    /// Lends its connections.
    func withState<Result>(_ body: (UnsafeMutablePointer<bench_extension>) -> Result) -> Result { body(&state) }

    /// The process's memory as it is now.
    func memory() throws -> Memory { try Memory(of: pid) }
}
