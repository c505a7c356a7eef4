import CBench
import Foundation
import Processes

/// A program, whose output is mostly read.
final class Program {
    let name: String
    let pid: pid_t
    /// Its standard output; an end of a pipe.
    private let output: Int32
    private var hasEnded = false

    /// Starts it on a CPU; -1 for any.
    ///
    /// - Parameter isRead: false if what it prints is thrown away; somebody must read it otherwise.
    init(_ command: [String], on cpu: Int32, isRead: Bool = true) throws {
        name = URL(fileURLWithPath: command[0]).lastPathComponent
        let ends = try makePipe()
        defer { close(ends.writer) }
        output = ends.reader
        let environment = ["PATH", "TMPDIR"].compactMap { variable in
            ProcessInfo.processInfo.environment[variable].map { "\(variable)=\($0)" }
        }
        var program = Spawn(command, environment: environment)
        if isRead { program.output = ends.writer }
        program.cpu = cpu < 0 ? .any : .number(cpu)
        do {
            pid = try program.start()
        } catch {
            close(output)
            throw Failure("starting \(command[0])", error.rawValue)
        }
    }

    deinit {
        end()
        close(output)
    }

    /// Asks it to end, with SIGTERM, if it has not ended, and waits for it; kills it when it has not after some seconds.
    func end() {
        guard !hasEnded else { return }
        hasEnded = true
        kill(pid, SIGTERM)
        if ProcessEnd.of(pid, within: .seconds(5)) == nil { ProcessEnd.killing(pid) }
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
        let code = ProcessEnd(of: program.pid).code
        guard code == 0 else { throw Failure("\(program.name) ended with \(code): \(text.suffix(500))") }
        return text
    }

    /// Reads until there is enough or the program has ended.
    private func read(seconds: Int, until isEnough: ([UInt8]) -> Bool) throws -> String {
        let deadline = ContinuousClock.now + .seconds(seconds)
        var bytes: [UInt8] = []
        while !isEnough(bytes) {
            guard let more = try Processes.read(output, before: deadline) else {
                throw Failure("\(name) takes longer than \(seconds) s")
            }
            if more.isEmpty { break }
            bytes += more
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The path of an installed program, if there is one.
    static func find(_ name: String) throws -> String {
        guard let path = findProgram(name) else { throw Failure("\(name) is not installed") }
        return path
    }
}
