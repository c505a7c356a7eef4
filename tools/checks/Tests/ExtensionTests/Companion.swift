import Glibc
import LambdaExtension
import Processes

/// A process beside the extension, such as a function that speaks the local protocol. It is killed with this object.
final class Companion {
    /// Its process id.
    let number: Int
    private let input: FileDescriptor
    private let outputReader: FileDescriptor
    private var text = Buffer()

    /// Starts a command.
    init(_ command: [String]) throws {
        let (output, input) = (try makePipe(isNonblocking: true), try makePipe())
        self.input = FileDescriptor(rawValue: input.writer)
        outputReader = FileDescriptor(rawValue: output.reader)
        // The child's own ends are the child's alone, so that nobody else keeps them open.
        defer {
            close(output.writer)
            close(input.reader)
        }
        var program = Spawn(command, environment: ["PATH=\(Binary.environment["PATH"] ?? "/usr/bin:/bin")"])
        (program.input, program.output, program.error) = (input.reader, output.writer, 2)
        number = Int(try program.start())
    }

    /// One that does nothing.
    static func sleeping() throws -> Companion { try Companion(["sleep", "1000"]) }

    deinit {
        ProcessEnd.killing(pid_t(number))
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
}
