import Foundation
import LambdaExtension
import Processes
import Testing
import ToolsTestSupport

/// A running extension, its output, and its end. It is killed with this object.
final class ExtensionProcess {
    typealias End = ProcessEnd

    private(set) var end: End?
    let pid: pid_t
    private let output: Stream
    private let error: Stream

    /// Starts a command.
    ///
    /// - Parameter environment: all of it but `PATH` and `LD_LIBRARY_PATH`, which are ours, and where the record of the lines
    ///   that ran is to be.
    init(on loop: EventLoop, _ command: [String], environment: [String: String]) throws {
        let (outputs, errors) = (try makePipe(isNonblocking: true), try makePipe(isNonblocking: true))
        var variables = environment
        for name in ["PATH", "LD_LIBRARY_PATH", "LLVM_PROFILE_FILE"] { variables[name] = Binary.environment[name] }
        // Whatever the test's threads block or ignore, the extension starts as Lambda would start it.
        var program = Spawn(command, environment: variables.map { "\($0.key)=\($0.value)" })
        (program.output, program.error) = (outputs.writer, errors.writer)
        defer {
            close(outputs.writer)
            close(errors.writer)
        }
        output = try Stream(outputs.reader, on: loop)
        error = try Stream(errors.reader, on: loop)
        do {
            pid = try program.start()
        } catch {
            throw TestFailure("cannot start \(command[0]): \(error)")
        }
    }

    deinit {
        output.close()
        error.close()
        if end == nil { ProcessEnd.killing(pid) }
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
        end = ProcessEnd(of: pid)
        return true
    }

    /// The processor time used so far, in ticks of 10 ms; nil when the process has ended.
    var processorTime: Int? {
        // proc(5): the 14th and 15th of all, of which the name is the second.
        let fields = end == nil ? ProcessFiles(of: pid).stat : []
        guard fields.count > 12, let user = Int(fields[11]), let system = Int(fields[12]) else { return nil }
        return user + system
    }

    /// The memory that a line of smaps_rollup, proc(5), tells of, in KiB.
    func memory(_ name: String) -> Int? { ProcessFiles(of: pid).number(name, in: "smaps_rollup") }

    /// The memory that is resident, in KiB; nil when the process has ended.
    var residentMemory: Int? { ProcessFiles(of: pid).number("VmRSS:", in: "status") }

    /// Limits its descriptors to numbers below `limit`, as prlimit(1) does.
    func limitDescriptors(_ limit: Int) throws {
        let code = try exitCode(of: ["prlimit", "--pid", "\(pid)", "--nofile=\(limit):1024"])
        try #require(code == 0, "prlimit failed")
    }

    func send(_ signal: Int32) { kill(pid, signal) }

    /// Ends our side of standard error: whoever writes there finds nobody.
    func closeStandardError() { error.close() }

    /// One of its standard streams, read as it comes.
    private final class Stream {
        private var descriptor: FileDescriptor
        private let loop: EventLoop
        private var token: Token?
        private var bytes = Buffer(capacity: 4_096)
        private(set) var hasEnded = false

        init(_ number: Int32, on loop: EventLoop) throws {
            descriptor = FileDescriptor(rawValue: number)
            self.loop = loop
            token = try loop.register(descriptor, for: .read) { [unowned self] _ in read() }
        }

        var text: String { bytes.readable.string }

        func close() {
            if let token { loop.deregister(token) }
            token = nil
            hasEnded = true
            descriptor = FileDescriptor(rawValue: -1)
        }

        private func read() {
            switch try? descriptor.read(into: bytes.reserve(4_096)) {
            case .bytes(let count): bytes.commit(count)
            case .wouldBlock: break
            case .endOfStream, nil: close()
            }
        }
    }
}
