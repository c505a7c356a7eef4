import Foundation
import Testing
import ToolsTestSupport

/// A sandbox with a function and, as a rule, the extension: all of them real processes.
final class SandboxRun {
    /// Where the extension listens, an address that no other test uses.
    let address: LoopbackAddress
    private let program: RunningProgram
    private let folder: TemporaryFolder
    /// The number of lines that have been waited for.
    private var position = 0
    /// Options that give a start and a stop more time than Lambda does: how busy the machine is, is not judged.
    static let limits = ["--init-limit", "60", "--shutdown-limit", "30"]
    /// A variable that ends holds 55 seconds before the usual timeout.
    static let letGoAfter5Seconds = ["POSTINVOKE_DEADLINE_MARGIN_MS": "55000"]

    /// Starts it.
    ///
    /// - Parameters:
    ///   - event: the one event of all invocations; nil to serve the Invoke API.
    ///   - hasExtension: whether the layer is there.
    ///   - environment: variables of all processes.
    ///   - sandboxEnvironment: variables of the sandbox itself.
    ///   - options: further ones of the sandbox.
    init(
        _ function: Program, event: String? = nil, invocations: Int? = nil, timeout: Int = 60,
        hasExtension: Bool = true, environment: [String: String] = [:], sandboxEnvironment: [String: String] = [:],
        options: [String] = []
    ) throws {
        folder = try TemporaryFolder()
        address = LoopbackAddress.unused()

        var command = [try Program.sandbox().path, "run", "--function", function.path, "--timeout", "\(timeout)"]
        command += Self.limits + options
        if hasExtension { command += ["--extension", try Program.postinvoke().path] }
        if let invocations { command += ["--invocations", "\(invocations)"] }
        if let event {
            command += ["--event", try folder.write(event, to: "event.json")]
        } else {
            // One after the other: what an invocation leaves to the next is what is tried.
            command += ["--serve", "127.0.0.1:0"]
            if !options.contains("--environments") { command += ["--environments", "1"] }
            // Clocks that a test moves by hours end no environment.
            command += ["--idle-limit", "86400"]
        }
        // Debug level, because the extension then says of each hold why it ended.
        command += ["--log-level", "DEBUG", "--json", folder.path(of: "records")]
        command += ["--env", "POSTINVOKE_ADDRESS=\(address)"]
        for (name, value) in environment { command += ["--env", "\(name)=\(value)"] }
        program = try RunningProgram(command, environment: sandboxEnvironment)
    }

    /// It ends before the folder goes, into which it may write.
    deinit { program.end() }

    /// Starts it, and waits for its end.
    static func finished(
        _ function: Program, event: String, invocations: Int = 1, timeout: Int = 60, hasExtension: Bool = true,
        environment: [String: String] = [:]
    ) throws -> Outcome {
        try SandboxRun(
            function, event: event, invocations: invocations, timeout: timeout, hasExtension: hasExtension,
            environment: environment
        ).finish()
    }

    /// Waits for a line that begins so, after those that were waited for before.
    @discardableResult
    func wait(forLine beginning: String) throws -> String {
        try program.wait(after: &position) { $0.hasPrefix(beginning) }
    }

    /// The lines so far.
    var lines: [String] { program.lines }

    /// The end as the sandbox's user brings it about.
    func terminate() { program.send(SIGTERM) }

    /// Waits for the end.
    func finish() throws -> Outcome {
        let exitCode = try program.waitForEnd()
        return Outcome(exitCode: exitCode, lines: program.lines, records: try Record.all(in: folder))
    }
}

/// The outcome of a run.
struct Outcome: CustomTestStringConvertible {
    let exitCode: Int32
    let lines: [String]
    let records: [Record]

    var invocations: [Record] { records.filter { $0.record == "invocation" } }
    var restores: [Record] { records.filter { $0.record == "restore" } }
    var inits: [Record] { records.filter { $0.record == "init" } }
    var stops: [Record] { records.filter { $0.record == "stop" } }

    /// The lines, those of the service by their first word alone: `START`, `RESPONSE`, `END`, `REPORT` and so on. The
    /// extension's, the SDK's and the sandbox's own are left out.
    var outline: [String] {
        lines.compactMap { line in
            // A sanitizer takes more memory than a function has.
            if ["postinvoke: ", "lambda-sandbox: ", "MEMORY "].contains(where: line.hasPrefix) { return nil }
            let word = line.prefix { $0 != " " && $0 != "\t" }
            return Self.isOfService(line) ? String(word) : line
        }
    }

    /// The extension's reports of the holds it ended, in order.
    var releases: [Release] { lines.compactMap(Release.init) }

    /// Returns true if holds ended for these reasons, in this order. A `done` may be missing: one that comes before the
    /// extension has heard of its invocation leaves nothing to hold.
    func holdsEnded(by reasons: [String]) -> Bool {
        var rest = releases.map(\.reason)[...]
        for reason in reasons {
            if rest.first == reason {
                rest.removeFirst()
            } else if reason != "done" {
                return false
            }
        }
        return rest.isEmpty
    }

    var testDescription: String { "exit code \(exitCode)\n" + lines.map { "    | \($0)\n" }.joined() }

    private static func isOfService(_ line: String) -> Bool {
        [
            "INIT_START ", "INIT_REPORT ", "EXTENSION\t", "START RequestId:", "RESPONSE RequestId:", "END RequestId:",
            "REPORT RequestId:", "TELEMETRY\t", "SNAPSHOT ", "RESTORE_START ", "RESTORE_REPORT ", "RESET Reason:",
            "SHUTDOWN Reason:",
        ].contains(where: line.hasPrefix)
    }
}

/// The end of a hold, as the extension logs it.
struct Release: Equatable {
    let requestID: String
    let reason: String

    /// Reads `postinvoke: released ID after N us: REASON`.
    init?(_ line: String) {
        let words = line.split(separator: " ")
        guard words.count == 7, words[0] == "postinvoke:", words[1] == "released" else { return nil }
        requestID = String(words[2])
        reason = String(words[6])
    }
}
