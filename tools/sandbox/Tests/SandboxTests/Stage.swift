import Foundation
import Processes
import Sandbox
import Testing
import ToolsTestSupport

/// A sandbox on a loop of its own, with the fixtures as its processes, and everything that was seen of it.
///
/// Nothing here sleeps: it runs the loop until what is waited for has come, or the deadline has.
final class Stage: Observer {
    let loop: EventLoop
    private(set) var sandbox: Sandbox!
    /// The log, as it would be printed.
    private(set) var lines: [String] = []
    private(set) var notes: [Note] = []
    private(set) var outcomes: [String: Outcome] = [:]
    /// A folder that the processes write their numbers to.
    let folder: String

    static let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent().path + "/Fixtures"

    /// - Parameters:
    ///   - watchers: how each extension behaves; none for no extension.
    ///   - variables: further variables for all processes.
    init(
        watchers: [String] = [""], variables: [String: String] = [:], change: (inout Settings) -> Void = { _ in }
    ) throws {
        loop = try EventLoop()
        folder = try Self.makeFolder()
        var settings = Settings(function: Self.fixtures + "/function")
        // The load of the machine is not judged.
        settings.timeout = .seconds(60)
        settings.initLimit = .seconds(60)
        settings.restoreLimit = .seconds(60)
        settings.shutdownLimit = .seconds(25)
        settings.environment = [("TEST_FOLDER", folder)]
        // Each has a name of its own, and so must be a file of its own.
        for (index, watcher) in watchers.enumerated() {
            let path = "\(folder)/watcher\(index)"
            try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: Self.fixtures + "/watcher")
            settings.extensions.append(path)
            if index == 0 { settings.environment.append(("WATCHER", watcher)) }
        }
        for (name, value) in variables { settings.environment.append((name, value)) }
        change(&settings)
        sandbox = Sandbox(loop: loop, settings: settings, inherited: ProcessInfo.processInfo.environment)
        sandbox.observers = [Relay(to: self)]
    }

    deinit {
        // Its processes end with it, before the folder goes into which they may write.
        sandbox = nil
        try? FileManager.default.removeItem(atPath: folder)
    }

    private static func makeFolder() throws -> String {
        let folder = FileManager.default.temporaryDirectory.path + "/sandbox-\(UUID().uuidString.prefix(8))"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        return folder
    }

    func observe(_ happening: Happening, at time: HappeningTime, memory: Int) {
        switch happening {
        case .note(let note): notes.append(note)
        case .output(_, let line): lines.append(line.string)
        case .answered(let id, let outcome, _): outcomes[id] = outcome
        case .platform(let record): lines += record.lines(for: sandbox.settings)
        }
    }

    /// Runs the loop until a condition holds.
    func run(
        _ what: String, sourceLocation: SourceLocation = #_sourceLocation, until condition: () -> Bool
    ) throws {
        let deadline = Instant.now + RunningProgram.patience
        while !condition() {
            guard .now < deadline else {
                Issue.record(
                    "waited in vain for \(what); log:\n\(lines.joined(separator: "\n"))", sourceLocation: sourceLocation
                )
                throw Late()
            }
            // Not everything that is waited for, a stopped process for one, is an event of the loop.
            try loop.runOnce(until: min(deadline, .now + .milliseconds(20)))
        }
    }

    struct Late: Error {}

    /// Invokes with steps for the function and waits until the invocation has ended and its caller was answered.
    @discardableResult
    func invoke(
        _ steps: String, sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> (outcome: Outcome, report: InvocationReport) {
        let id = start(steps)
        try run("END of \(steps)", sourceLocation: sourceLocation) { report(of: id) != nil && outcomes[id] != nil }
        return (outcomes[id]!, report(of: id)!)
    }

    /// Invokes and does not wait.
    func start(_ steps: String) -> String {
        sandbox.invoke(Array("{\"steps\":\(steps)}".utf8)) { _ in }
    }

    /// Shuts down and waits until all is over.
    @discardableResult
    func shutdown(sourceLocation: SourceLocation = #_sourceLocation) throws -> StopReport {
        sandbox.shutdown()
        try run("shutdown", sourceLocation: sourceLocation) { sandbox.isClosed }
        return stops.last!
    }

    func report(of id: String) -> InvocationReport? {
        for case .invocationEnded(let report) in notes where report.id == id { return report }
        return nil
    }

    var stops: [StopReport] { notes.compactMap { if case .stopped(let report) = $0 { report } else { nil } } }

    /// The body of a good answer.
    static func body(_ outcome: Outcome) -> String { String(decoding: outcome.body(for: "ID"), as: UTF8.self) }

    /// Where in the log a line begins like this; nil if there is none.
    func place(of prefix: String) -> Int? { lines.firstIndex { $0.hasPrefix(prefix) } }

    /// The state letter of a process, `T` when it is stopped, nil when it is gone.
    static func state(of process: Int32) -> Character? {
        ProcessFiles(of: process).stat.first?.first
    }
}
