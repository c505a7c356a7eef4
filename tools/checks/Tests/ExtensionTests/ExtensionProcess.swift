import CLinux
import Foundation
import LambdaExtension
import Testing

/// A running extension, its output, and its end. It is killed with this object.
final class ExtensionProcess {
    /// The end of a process.
    enum End: Equatable {
        case exit(Int32)
        case signal(Int32)
    }

    private(set) var end: End?
    private let pid: pid_t
    private let output: Stream
    private let error: Stream

    /// Starts a command.
    ///
    /// - Parameter environment: all of it but `PATH` and `LD_LIBRARY_PATH`, which are ours, and where the record of the lines
    ///   that ran is to be.
    init(on loop: EventLoop, _ command: [String], environment: [String: String]) throws {
        let (outputReader, outputWriter) = try Self.pipe()
        let (errorReader, errorWriter) = try Self.pipe()

        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, outputWriter.rawValue, 1)
        posix_spawn_file_actions_adddup2(&actions, errorWriter.rawValue, 2)

        // Whatever the test's threads block or ignore, the extension starts as Lambda would start it.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        var all = sigset_t()
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))

        var variables = environment
        for name in ["PATH", "LD_LIBRARY_PATH", "LLVM_PROFILE_FILE"] { variables[name] = Binary.environment[name] }
        let words = command.map { strdup($0) } + [nil]
        let settings = variables.map { strdup("\($0)=\($1)") } + [nil]
        defer { (words + settings).forEach { free($0) } }
        var pid: pid_t = 0
        let failure = posix_spawnp(&pid, command[0], &actions, &attributes, words, settings)
        try #require(failure == 0, "cannot start \(command[0]): \(Errno(rawValue: failure))")
        self.pid = pid
        output = try Stream(outputReader, on: loop)
        error = try Stream(errorReader, on: loop)
    }

    deinit {
        output.close()
        error.close()
        guard end == nil else { return }
        kill(pid, SIGKILL)
        var status: Int32 = 0
        waitpid(pid, &status, 0)
    }

    /// The standard output so far.
    var standardOutput: String { output.text }
    /// The standard error so far.
    var standardError: String { error.text }
    /// The complete lines on standard error so far.
    var errorLines: [String] {
        guard let last = error.text.lastIndex(of: "\n") else { return [] }
        return error.text[..<last].split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }

    /// Returns true if the process has ended. Its end closes its streams, so a loop notices without a signal.
    func hasEnded() -> Bool {
        guard end == nil else { return true }
        guard output.hasEnded, error.hasEnded else { return false }
        var status: Int32 = 0
        while waitpid(pid, &status, 0) == -1, errno == EINTR {}
        end = status & 0x7F == 0 ? .exit(status >> 8 & 0xFF) : .signal(status & 0x7F)
        return true
    }

    /// The processor time used so far, in ticks of 10 ms; nil when the process has ended.
    var processorTime: Int? {
        guard end == nil, let text = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8),
            let name = text.lastIndex(of: ")")
        else { return nil }
        let fields = text[name...].split(separator: " ")
        // proc(5): the 14th and 15th of all, of which the name is the second.
        guard fields.count > 13, let user = Int(fields[12]), let system = Int(fields[13]) else { return nil }
        return user + system
    }

    /// The memory that a line of smaps_rollup, proc(5), reports, in KiB.
    func memory(_ name: String) -> Int? {
        let text = try? String(contentsOfFile: "/proc/\(pid)/smaps_rollup", encoding: .utf8)
        let words = text?.split(separator: "\n").first { $0.hasPrefix(name) }?.split(separator: " ")
        return words?.count == 3 ? words.flatMap { Int($0[1]) } : nil
    }

    /// The memory that is resident, in KiB; nil when the process has ended.
    var residentMemory: Int? {
        guard let text = try? String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8) else { return nil }
        guard let line = text.split(separator: "\n").first(where: { $0.hasPrefix("VmRSS:") }) else { return nil }
        return line.split(separator: " ").dropLast().last.flatMap { Int($0) }
    }

    /// Limits its descriptors to numbers below `limit`, as prlimit(1) does.
    func limitDescriptors(_ limit: Int) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["prlimit", "--pid", "\(pid)", "--nofile=\(limit):1024"]
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0, "prlimit failed")
    }

    func send(_ signal: Int32) { kill(pid, signal) }

    /// Ends our side of standard error: whoever writes there finds nobody.
    func closeStandardError() { error.close() }

    /// A pipe that no other child inherits, and of which our end does not block.
    private static func pipe() throws -> (FileDescriptorBox, FileDescriptorBox) {
        var numbers: [Int32] = [-1, -1]
        try #require(pipe2(&numbers, O_CLOEXEC) == 0)
        _ = fcntl(numbers[0], F_SETFL, O_NONBLOCK)
        return (FileDescriptorBox(numbers[0]), FileDescriptorBox(numbers[1]))
    }

    private final class FileDescriptorBox {
        var descriptor: FileDescriptor
        var rawValue: Int32 { descriptor.rawValue }
        init(_ number: Int32) { descriptor = FileDescriptor(rawValue: number) }
        func close() { descriptor = FileDescriptor(rawValue: -1) }
    }

    /// One of its standard streams, read as it comes.
    private final class Stream {
        private let box: FileDescriptorBox
        private let loop: EventLoop
        private var token: Token?
        private var bytes = Buffer(capacity: 4_096)
        private(set) var hasEnded = false

        init(_ box: FileDescriptorBox, on loop: EventLoop) throws {
            self.box = box
            self.loop = loop
            token = try loop.register(box.descriptor, for: .read) { [unowned self] _ in read() }
        }

        var text: String { bytes.readable.string }

        func close() {
            if let token { loop.deregister(token) }
            token = nil
            hasEnded = true
            box.close()
        }

        private func read() {
            switch try? box.descriptor.read(into: bytes.reserve(4_096)) {
            case .bytes(let count): bytes.commit(count)
            case .wouldBlock: break
            case .endOfStream, nil: close()
            }
        }
    }
}
