import Foundation
import Processes

/// A process with what it writes, a line at a time; killed with this object.
///
/// All waits block the calling thread, and none lasts longer than its deadline. Output is read only while something is
/// waited for: a program that writes much in between is held up by that, as by any pipe that nobody reads.
package final class RunningProgram {
    /// The time anything may take. It stops hangs and measures nothing, since the machine may be busy.
    package static let patience = Duration.seconds(300)

    /// All lines so far, of standard output and standard error.
    package private(set) var lines: [String] = []
    private let pid: pid_t
    private let output: Int32
    private var rest: [UInt8] = []
    private var isAtEnd = false
    private var exitCode: Int32?

    /// Starts a program.
    ///
    /// - Parameters:
    ///   - input: the file that it reads as its standard input.
    ///   - environment: what it has beside this process's variables.
    package init(
        _ command: [String], input: String = "/dev/null", environment: [String: String] = [:]
    ) throws {
        let file = open(input, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw TestFailure("\(input): \(String(cString: strerror(errno)))") }
        defer { close(file) }
        let ends = try makePipe()
        defer { close(ends.writer) }
        output = ends.reader
        var program = Spawn(command, environment: Spawn.variables(environment))
        program.input = file
        program.output = ends.writer
        do {
            pid = try program.start()
        } catch {
            close(output)
            throw TestFailure("cannot start \(command[0]): \(error)")
        }
    }

    deinit {
        end()
        close(output)
    }

    /// Kills it, unless it has ended.
    package func end() {
        guard exitCode == nil else { return }
        // The sandbox's own processes go with it: they asked the kernel for that.
        exitCode = ProcessEnd.killing(pid).code
    }

    package func send(_ signal: Int32) { if exitCode == nil { kill(pid, signal) } }

    /// Waits for a line after those that were waited for before, and returns it.
    @discardableResult
    package func wait(after position: inout Int, forLine isWanted: (String) -> Bool) throws -> String {
        let deadline = ContinuousClock.now + Self.patience
        while true {
            while position < lines.count {
                position += 1
                if isWanted(lines[position - 1]) { return lines[position - 1] }
            }
            guard !isAtEnd else { throw TestFailure("it ended without the line that was waited for\n\(transcript)") }
            try readMore(before: deadline)
        }
    }

    /// Waits for the end; returns the exit code, or 128 and the number of the signal that ended it.
    package func waitForEnd() throws -> Int32 {
        let deadline = ContinuousClock.now + Self.patience
        while !isAtEnd { try readMore(before: deadline) }
        // Whoever has closed its output ends, or was killed: this takes no time.
        let code = exitCode ?? ProcessEnd(of: pid).code
        exitCode = code
        return code
    }

    /// The lines that a failing test shows.
    package var transcript: String { lines.map { "    | \($0)\n" }.joined() }

    private func readMore(before deadline: ContinuousClock.Instant) throws {
        guard let bytes = try read(output, before: deadline) else {
            throw TestFailure("nothing happened for \(Self.patience)\n\(transcript)")
        }
        take(bytes)
    }

    /// Reads what it writes for a time; true once it has ended.
    package func hasEnded(within time: Duration) throws -> Bool {
        let deadline = ContinuousClock.now + time
        while !isAtEnd, let bytes = try read(output, before: deadline) { take(bytes) }
        return isAtEnd
    }

    private func take(_ bytes: [UInt8]) {
        guard !bytes.isEmpty else {
            isAtEnd = true
            if !rest.isEmpty { lines.append(String(decoding: rest, as: UTF8.self)) }
            return
        }
        rest += bytes
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            lines.append(String(decoding: rest[..<end], as: UTF8.self))
            rest.removeSubrange(...end)
        }
    }
}
