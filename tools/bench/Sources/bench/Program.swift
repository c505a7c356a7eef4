import CBench
import Foundation

/// A program whose output is read.
final class Program {
    let name: String
    let pid: pid_t
    /// Its standard output; an end of a pipe.
    private let output: Int32
    private var hasEnded = false

    /// Starts it on a CPU; -1 for any.
    init(_ command: [String], on cpu: Int32) throws {
        name = URL(fileURLWithPath: command[0]).lastPathComponent
        var ends: [Int32] = [-1, -1]
        try must(pipe(&ends), "a pipe")
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        defer { close(ends[1]) }
        output = ends[0]
        let environment = ["PATH", "TMPDIR"].compactMap { variable in
            ProcessInfo.processInfo.environment[variable].map { "\(variable)=\($0)" }
        }
        do {
            pid = try must(
                withVectors(command, environment) { bench_spawn(command[0], $0, $1, cpu, ends[1]) },
                "starting \(command[0])")
        } catch {
            close(ends[0])
            throw error
        }
    }

    deinit {
        end()
        close(output)
    }

    /// Ends it, if it has not ended.
    func end() {
        guard !hasEnded else { return }
        hasEnded = true
        bench_ask_to_end(pid)
    }

    /// The first line that it prints.
    func firstLine() throws -> String {
        let text = try read(seconds: 20) { $0.contains(UInt8(ascii: "\n")) }
        return String(text.prefix { $0 != "\n" })
    }

    /// Runs a program to its end; what it has printed.
    static func output(of command: [String], on cpu: Int32, seconds: Int = 180) throws -> String {
        let program = try Program(command, on: cpu)
        let text = try program.read(seconds: seconds) { _ in false }
        program.hasEnded = true
        let status = bench_wait(program.pid)
        guard status == 0 else { throw Failure("\(program.name) ended with \(status): \(text.suffix(500))") }
        return text
    }

    /// Reads until there is enough or the program has ended.
    private func read(seconds: Int, until isEnough: ([UInt8]) -> Bool) throws -> String {
        let deadline = bench_now() + Int64(seconds) * 1_000_000_000
        var bytes: [UInt8] = []
        var room = [UInt8](repeating: 0, count: 65_536)
        while !isEnough(bytes) {
            var waiting = pollfd(fd: output, events: Int16(POLLIN), revents: 0)
            let left = (deadline - bench_now()) / 1_000_000
            guard left > 0 else { throw Failure("\(name) takes longer than \(seconds) s") }
            if poll(&waiting, 1, Int32(left)) <= 0 { continue }
            let count = Glibc.read(output, &room, room.count)
            if count < 0, errno == EINTR { continue }
            guard try must(count, "reading from \(name)") > 0 else { break }
            bytes += room[..<count]
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The path of an installed program, if there is one.
    static func find(_ name: String) throws -> String {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin").split(separator: ":")
        guard let folder = folders.first(where: { FileManager.default.isExecutableFile(atPath: "\($0)/\(name)") })
        else { throw Failure("\(name) is not installed") }
        return "\(folder)/\(name)"
    }
}
