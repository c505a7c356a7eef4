import Foundation

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
        var ends: [Int32] = [-1, -1]
        // A socket pair, because it can be made so that no other test's process inherits it by accident.
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else { throw TestFailure("socketpair: \(errno)") }
        defer { close(ends[1]) }
        output = ends[0]

        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, input, O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, ends[1], 1)
        posix_spawn_file_actions_adddup2(&actions, ends[1], 2)

        let variables = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        let words = command.map { strdup($0) } + [nil]
        let settings = variables.map { strdup("\($0)=\($1)") } + [nil]
        defer { (words + settings).forEach { free($0) } }
        var pid: pid_t = 0
        let fault = posix_spawn(&pid, command[0], &actions, nil, words, settings)
        guard fault == 0 else {
            close(ends[0])
            throw TestFailure("cannot start \(command[0]): \(String(cString: strerror(fault)))")
        }
        self.pid = pid
    }

    deinit {
        end()
        close(output)
    }

    /// Kills it, unless it has ended.
    package func end() {
        guard exitCode == nil else { return }
        // The sandbox's own processes go with it: they asked the kernel for that.
        kill(pid, SIGKILL)
        reap()
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
        if exitCode == nil { reap() }
        return exitCode!
    }

    /// The lines that a failing test shows.
    package var transcript: String { lines.map { "    | \($0)\n" }.joined() }

    /// The process has closed its output, which it does by ending, or was killed: this takes no time.
    private func reap() {
        var status: Int32 = 0
        while waitpid(pid, &status, 0) == -1, errno == EINTR {}
        exitCode = status & 0x7F == 0 ? status >> 8 & 0xFF : 128 + status & 0x7F
    }

    private func readMore(before deadline: ContinuousClock.Instant) throws {
        let left = ContinuousClock.now.duration(to: deadline).components.seconds
        var ready = pollfd(fd: output, events: Int16(POLLIN), revents: 0)
        guard left > 0, poll(&ready, 1, Int32(left) * 1000) >= 0 || errno == EINTR else {
            throw TestFailure("nothing happened for \(Self.patience)\n\(transcript)")
        }
        guard ready.revents != 0 else { return }
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = read(output, &buffer, buffer.count)
        guard count > 0 else {
            isAtEnd = true
            if !rest.isEmpty { lines.append(String(decoding: rest, as: UTF8.self)) }
            return
        }
        rest += buffer[..<count]
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            lines.append(String(decoding: rest[..<end], as: UTF8.self))
            rest.removeSubrange(...end)
        }
    }
}
