import Foundation

/// A program under way, whose output goes into a file.
///
/// It stays in this program's process group, other than Foundation's would, so that a Ctrl-C ends both.
struct Run {
    private let process: pid_t
    private let log: String

    /// Starts a program that is in `PATH`, in a folder, with variables of its own.
    init(_ command: [String], in folder: String, log: String, variables: [String: String] = [:]) throws {
        self.log = log
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 1, log, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        let whole = ["env", "-C", folder] + variables.map { "\($0)=\($1)" } + command
        let arguments = whole.map { strdup($0) } + [nil]
        let environment = ProcessInfo.processInfo.environment.map { strdup("\($0)=\($1)") } + [nil]
        defer { (arguments + environment).forEach { free($0) } }
        var process: pid_t = 0
        let error = posix_spawnp(&process, whole[0], &actions, nil, arguments, environment)
        guard error == 0 else { throw Failure("\(whole[0]) cannot be started: \(String(cString: strerror(error)))") }
        self.process = process
    }

    /// Waits for its end; returns its exit code, 128 and the signal's number after a signal, and its output.
    func wait() throws -> (code: Int32, output: String) {
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0 {
            guard errno == EINTR else { throw Failure("a process is lost: \(String(cString: strerror(errno)))") }
        }
        let signal = status & 0x7F
        let output = String(decoding: try Data(contentsOf: URL(filePath: log)), as: UTF8.self)
        return (signal == 0 ? status >> 8 & 0xFF : 128 + signal, output)
    }
}
