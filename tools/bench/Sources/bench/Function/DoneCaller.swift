import BenchCore
import CBench
import Glibc
import Processes

/// A process with an SDK, and the extension that holds its invocations: it is told their ids, and ends them.
final class DoneCaller: Interleaved {
    private let name: String
    private let holder: Contestant
    private let pid: pid_t
    private let input: Int32
    private let output: Int32
    /// The time of the done call, in each round.
    private(set) var calls: [Samples] = []
    /// From the beginning of the done call to the arrival of Next, in each round.
    private(set) var toNext: [Samples] = []

    init(
        _ name: String, _ build: FunctionPrograms.Build, _ transport: Launch.Transport, on placement: Placement
    ) throws {
        self.name = "\(name), \(transport.words)"
        holder = try Contestant(
            "the extension of \(self.name)", [build.extension], transport, on: placement, opensSession: false)
        let (requests, answers) = (try makePipe(), try makePipe())
        var program = Spawn(
            [build.doneCalls],
            environment: ["AWS_LAMBDA_RUNTIME_API=127.0.0.1:9001", "POSTINVOKE_ADDRESS=\(holder.address)"])
        program.input = requests.reader
        program.output = answers.writer
        program.cpu = placement.extension < 0 ? .any : .number(placement.extension)
        defer { for end in [requests.reader, answers.writer] { close(end) } }
        (input, output) = (requests.writer, answers.reader)
        do {
            pid = try program.start()
        } catch {
            throw Failure("starting \(build.doneCalls)", error.rawValue)
        }
        var sign: UInt8 = 0
        guard read(output, &sign, 1) == 1 else { throw Failure("\(self.name) does not connect") }
    }

    deinit {
        for end in [input, output] { close(end) }
        ProcessEnd.killing(pid)
    }

    func warmUp(_ cycles: Int) throws { for _ in 0..<cycles { _ = try cycle() } }

    func measure(_ cycles: Int) throws {
        try warmUp(10)
        let times = try (0..<cycles).map { _ in try cycle() }
        calls.append(Samples(times.map(\.call)))
        toNext.append(Samples(times.map(\.toNext)))
    }

    private func cycle() throws -> (call: Int64, toNext: Int64) {
        let id = Array(try holder.invoke().utf8)
        guard write(input, id, id.count) == id.count else { throw Failure(name, errno) }
        try holder.expectNext()
        let end = bench_now()
        var times: [Int64] = [0, 0]
        guard read(output, &times, 16) == 16 else { throw Failure("\(name) has ended") }
        return (times[1], end - times[0])
    }
}
