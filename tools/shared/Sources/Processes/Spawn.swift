import CProcesses
import Glibc
import Reactor

/// A program to be started: as the kernel's defaults have it, whatever this process blocks or ignores.
package struct Spawn {
    /// Where it may run.
    package enum CPU { case inherited, any, number(Int32) }

    /// The program, looked for in `PATH` where it has no slash, and its arguments.
    package var command: [String]
    /// All of its variables, as `NAME=VALUE`.
    package var environment: [String]
    /// Its working directory; nil for this process's.
    package var directory: String?
    /// Its standard input; nil for `/dev/null`.
    package var input: Int32?
    /// Its standard output; nil for `/dev/null`.
    package var output: Int32?
    /// Its standard error; nil for what is its standard output.
    package var error: Int32?
    package var cpu = CPU.inherited
    /// True if it leads a process group of its own.
    package var leadsGroup = false
    /// True if the kernel kills it when the thread that starts it ends.
    package var diesWithParent = false

    package init(_ command: [String], environment: [String] = variables([:])) {
        self.command = command
        self.environment = environment
    }

    /// This process's variables with others beside or in place of them, as `NAME=VALUE`.
    package static func variables(_ others: [String: String]) -> [String] {
        var variables: [String] = []
        var entry = environ
        while let text = entry.pointee {
            let variable = String(cString: text)
            if others[String(variable.prefix { $0 != "=" })] == nil { variables.append(variable) }
            entry += 1
        }
        return variables + others.map { "\($0.key)=\($0.value)" }
    }

    /// Starts it; returns its process id.
    ///
    /// - Throws: what failed in the new process up to execve(2), such as `ENOENT`, or vfork(2).
    package func start() throws(Errno) -> pid_t {
        var process: pid_t = 0
        try start { processes_spawn($0, $1, $2, $3, &process) }
        return process
    }

    /// Hands it over to a function that starts it, and returns 0 or an errno.
    func start(
        _ body: (UnsafePointer<CChar>, Vector, Vector, UnsafePointer<processes_setup>) -> Int32
    ) throws(Errno) {
        var setup = processes_setup()
        setup.input = input ?? -1
        setup.output = output ?? -1
        setup.error = error ?? -1
        setup.cpu =
            switch cpu {
            case .inherited: -2
            case .any: -1
            case .number(let number): number
            }
        setup.leads_group = leadsGroup ? 1 : 0
        setup.dies_with_parent = diesWithParent ? 1 : 0
        let directory = directory.map { strdup($0)! }
        setup.directory = directory.map { UnsafePointer($0) }
        defer { free(directory) }
        // Not execvpe(3), which gives to a shell what cannot be executed.
        guard let path = command[0].contains("/") ? command[0] : findProgram(command[0]) else { throw .noSuchFile }
        let failure = withVectors { body(path, $0, $1, &setup) }
        guard failure == 0 else { throw Errno(rawValue: failure) }
    }

    /// The arguments of execve(2): strings, and a null behind the last.
    package typealias Vector = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>

    /// Lends the arguments and the environment as vectors for the length of a call.
    package func withVectors<Result>(_ body: (Vector, Vector) -> Result) -> Result {
        var arguments = command.map { strdup($0) } + [nil]
        var environment = environment.map { strdup($0) } + [nil]
        defer { for text in arguments + environment { free(text) } }
        return body(&arguments, &environment)
    }
}

/// A pipe whose ends no started program inherits.
///
/// - Parameter isNonblocking: whether the reading end does not block.
package func makePipe(isNonblocking: Bool = false) throws(Errno) -> (reader: Int32, writer: Int32) {
    var ends: [Int32] = [-1, -1]
    guard processes_pipe(&ends) == 0 else { throw Errno(rawValue: errno) }
    if isNonblocking { _ = fcntl(ends[0], F_SETFL, O_NONBLOCK) }
    return (ends[0], ends[1])
}

/// Reads what there is, waiting for something until a deadline.
///
/// - Returns: nothing at the end of the stream, nil when nothing came in time.
package func read(_ descriptor: Int32, before deadline: ContinuousClock.Instant) throws(Errno) -> [UInt8]? {
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
        let left = ContinuousClock.now.duration(to: deadline) / .milliseconds(1)
        guard left > 0 else { return nil }
        var ready = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        guard poll(&ready, 1, Int32(min(left.rounded(.up), 1e9))) > 0 else { continue }
        let count = Glibc.read(descriptor, &buffer, buffer.count)
        if count >= 0 { return Array(buffer[..<count]) }
        guard errno == EINTR || errno == EAGAIN else { throw Errno(rawValue: errno) }
    }
}

/// The path of an installed program; nil where there is none.
package func findProgram(_ name: String) -> String? {
    let folders = getenv("PATH").map { String(cString: $0) } ?? "/usr/bin:/bin"
    return folders.split(separator: ":").map { "\($0)/\(name)" }.first { access($0, X_OK) == 0 }
}
