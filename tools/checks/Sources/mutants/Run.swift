import Processes
import Reactor
import Terminal

/// A program under way, whose output goes into a file.
///
/// It stays in this program's process group, other than Foundation's would, so that a Ctrl-C ends both.
struct Run {
    private let process: Int32
    private let log: String

    /// Starts a program that is in `PATH`, in a folder, with variables of its own.
    init(_ command: [String], in folder: String, log: String, variables: [String: String] = [:]) throws {
        self.log = log
        let output = try FileDescriptor.create(log)
        var program = Spawn(command, environment: Spawn.variables(variables))
        program.directory = folder
        program.input = 0
        program.output = output.rawValue
        do {
            process = try program.start()
        } catch {
            throw Failure("\(command[0]) cannot be started: \(error.text.string)")
        }
    }

    /// Waits for its end; returns its exit code, 128 and the signal's number after a signal, and its output.
    func wait() -> (code: Int32, output: String) { (ProcessEnd(of: process).code, ProcessFiles.text(log)) }
}
