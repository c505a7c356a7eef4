import Foundation
import Processes
import Sandbox
import Testing
import ToolsTestSupport

/// A sandbox with the fixtures as its processes.
final class Stage: SandboxStage {
    private(set) var sandbox: Sandbox!
    let record: SandboxRecord
    /// A folder that the processes write their numbers to.
    let folder: TemporaryFolder

    static let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent().path + "/Fixtures"

    /// - Parameters:
    ///   - watchers: how each extension behaves; none for no extension.
    ///   - variables: further variables for all processes.
    init(
        watchers: [String] = [""], variables: [String: String] = [:], change: (inout Settings) -> Void = { _ in }
    ) throws {
        folder = try TemporaryFolder()
        var settings = Settings(function: Self.fixtures + "/function")
        // The load of the machine is not judged.
        settings.timeout = .seconds(60)
        settings.initLimit = .seconds(60)
        settings.restoreLimit = .seconds(60)
        settings.shutdownLimit = .seconds(25)
        settings.environment = [("TEST_FOLDER", folder.path)]
        // Each has a name of its own, and so must be a file of its own.
        for (index, watcher) in watchers.enumerated() {
            let path = folder.path(of: "watcher\(index)")
            try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: Self.fixtures + "/watcher")
            settings.extensions.append(path)
            if index == 0 { settings.environment.append(("WATCHER", watcher)) }
        }
        for (name, value) in variables { settings.environment.append((name, value)) }
        change(&settings)
        sandbox = Sandbox(
            loop: try EventLoop(), settings: settings, inherited: ProcessInfo.processInfo.environment)
        record = SandboxRecord(of: sandbox)
    }

    /// Its processes end with it, before the folder goes into which they may write.
    deinit { sandbox = nil }

    /// Invokes with steps for the function and waits until the invocation has ended and its caller was answered.
    @discardableResult
    func invoke(_ steps: String) throws -> (outcome: Outcome, report: InvocationReport) {
        try end(of: start(steps))
    }

    /// Invokes and does not wait.
    func start(_ steps: String) -> String {
        sandbox.invoke(Array("{\"steps\":\(steps)}".utf8)) { _ in }
    }

    /// The body of a good answer.
    static func body(_ outcome: Outcome) -> String { String(decoding: outcome.body(for: "ID"), as: UTF8.self) }

    /// Where in the log a line begins like this; nil if there is none.
    func place(of prefix: String) -> Int? { lines.firstIndex { $0.hasPrefix(prefix) } }

    /// The state letter of a process, `T` when it is stopped, nil when it is gone.
    static func state(of process: Int32) -> Character? {
        ProcessFiles(of: process).stat.first?.first
    }
}
