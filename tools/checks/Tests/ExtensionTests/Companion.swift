import CLinux
import Foundation
import LambdaExtension
import Testing

/// A process beside the extension, such as a function that speaks the local protocol. It is killed with this object.
final class Companion {
    /// Its process id.
    let number: Int
    private let input: FileDescriptor
    private let outputReader: FileDescriptor
    private var text = Buffer()

    /// Starts a command.
    init(_ command: [String]) throws {
        let output = try Self.pipe()
        let input = try Self.pipe()
        self.input = FileDescriptor(rawValue: input.writer)
        outputReader = FileDescriptor(rawValue: output.reader)
        _ = fcntl(output.reader, F_SETFL, O_NONBLOCK)
        // The child's own ends are the child's alone, so that nobody else keeps them open.
        defer {
            close(output.writer)
            close(input.reader)
        }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, input.reader, 0)
        posix_spawn_file_actions_adddup2(&actions, output.writer, 1)
        let words = command.map { strdup($0) } + [nil]
        let settings = [strdup("PATH=\(Binary.environment["PATH"] ?? "/usr/bin:/bin")"), nil]
        defer { (words + settings).forEach { free($0) } }
        var pid: pid_t = 0
        let failure = posix_spawnp(&pid, command[0], &actions, nil, words, settings)
        try #require(failure == 0, "cannot start \(command[0]): \(Errno(rawValue: failure))")
        number = Int(pid)
    }

    /// One that does nothing.
    static func sleeping() throws -> Companion { try Companion(["sleep", "1000"]) }

    /// Returns true if there is such a program.
    static func isThere(_ program: String) -> Bool {
        (Binary.environment["PATH"] ?? "").split(separator: ":").contains { folder in
            FileManager.default.isExecutableFile(atPath: "\(folder)/\(program)")
        }
    }

    deinit {
        end()
        var status: Int32 = 0
        waitpid(pid_t(number), &status, 0)
    }

    /// The text that came on standard output so far.
    var output: String {
        while case .bytes(let count)? = try? outputReader.read(into: text.reserve(4_096)) { text.commit(count) }
        return text.readable.string
    }

    /// Writes to its standard input.
    func write(_ text: String) { _ = text.withByteView { try? input.write($0) } }

    /// Ends it and returns when it has ended; until this object is gone nobody takes its status, and it stays a zombie.
    func end() {
        kill(pid_t(number), SIGKILL)
        var information = siginfo_t()
        while waitid(P_PID, id_t(number), &information, WEXITED | WNOWAIT) < 0, errno == EINTR {}
    }

    /// A pipe that no other child inherits.
    private static func pipe() throws -> (reader: Int32, writer: Int32) {
        var numbers: [Int32] = [-1, -1]
        try #require(pipe2(&numbers, O_CLOEXEC) == 0)
        return (numbers[0], numbers[1])
    }
}
