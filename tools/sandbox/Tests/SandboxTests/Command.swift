import Foundation
import ToolsTestSupport

/// The built `lambda-sandbox`, or another program, run as a user would, in a folder of its own that goes with it.
final class Command {
    private let program: RunningProgram
    let folder: TemporaryFolder

    static let tool = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
        .appendingPathComponent("lambda-sandbox").path

    /// Starts `lambda-sandbox run` with one of the fixtures, or what is at a path, as its function and the arguments; its limits
    /// are long, since how busy the machine is, is not judged.
    static func run(_ arguments: [String], function: String = "function", input: String? = nil) throws -> Command {
        try Command(
            tool,
            [
                "run", "--function", function.hasPrefix("/") ? function : "\(Stage.fixtures)/\(function)",
                "--timeout", "60", "--init-limit", "60", "--shutdown-limit", "25", "--region", "us-east-1",
            ] + arguments, input: input)
    }

    /// - Parameters:
    ///   - arguments: in which `@` stands for the command's folder.
    ///   - input: what it reads; nil for nothing.
    init(_ path: String, _ arguments: [String], input: String? = nil) throws {
        let folder = try TemporaryFolder()
        self.folder = folder
        program = try RunningProgram(
            [path] + arguments.map { $0.replacingOccurrences(of: "@", with: folder.path) },
            input: try input.map { try folder.write($0, to: "input") } ?? "/dev/null")
    }

    /// It ends before the folder goes, into which it may write.
    deinit { program.end() }

    /// Everything printed so far, as on a terminal.
    var output: [String] { program.lines }

    /// Waits for a line that contains a text, or the one of them with a number, and returns it.
    @discardableResult
    func line(with text: String, number: Int = 1) throws -> String {
        var first = 0
        for _ in 1..<number { try program.wait(after: &first) { $0.contains(text) } }
        return try program.wait(after: &first) { $0.contains(text) }
    }

    /// Waits until it says where something is; returns the address.
    func address(after what: String) throws -> String {
        try line(with: what + " at ").components(separatedBy: " at ").last!
    }

    /// True if it ends within a time, for whoever has something else to do meanwhile.
    func hasEnded(within time: Duration) throws -> Bool { try program.hasEnded(within: time) }

    /// Waits for the end; returns the exit code.
    func wait() throws -> Int32 { try program.waitForEnd() }

    func send(_ signal: Int32) { program.send(signal) }

    /// Ends it with a signal; returns the exit code.
    func end(_ signal: Int32 = SIGTERM) throws -> Int32 {
        send(signal)
        return try wait()
    }

    /// The text of a file in the command's folder.
    func file(_ name: String) -> String { folder.text(of: name) ?? "" }

    /// The records of `--json`, of one kind.
    func records(_ kind: String, in name: String = "out.json") -> [[String: Any]] {
        file(name).split(separator: "\n")
            .compactMap { try? JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any] }
            .filter { $0["record"] as? String == kind }
    }
}
