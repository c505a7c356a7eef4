import Foundation
import Testing

/// The built `lambda-sandbox`, or another program, run as a user would, watched line by line.
final class Command: @unchecked Sendable {
    private let process = Process()
    private let condition = NSCondition()
    private var lines: [String] = []
    private var isOpen = true
    let folder: URL

    static let tool = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
        .appendingPathComponent("lambda-sandbox").path

    /// Starts `lambda-sandbox run` with the test function and the arguments.
    static func run(_ arguments: [String]) throws -> Command {
        try Command(
            tool,
            ["run", "--function", Stage.fixtures + "/function", "--timeout", "30", "--shutdown-limit", "25"] + arguments
        )
    }

    /// - Parameters:
    ///   - arguments: in which `@` stands for the command's folder, which is also where it runs.
    ///   - files: what is in the folder.
    init(
        _ path: String, _ arguments: [String], input: String = "", files: [String: String] = [:],
        variables: [String: String] = [:]
    ) throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("command-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        process.executableURL = URL(fileURLWithPath: path)
        for (name, text) in files {
            try text.write(to: folder.appendingPathComponent(name), atomically: true, encoding: .utf8)
        }
        process.arguments = arguments.map { [folder] in $0.replacingOccurrences(of: "@", with: folder.path) }
        process.currentDirectoryURL = folder
        process.environment = ProcessInfo.processInfo.environment.merging(variables) { $1 }
        let standardInput = Pipe()
        process.standardInput = standardInput
        // One for both: only then is the order of the lines the one in which they were written.
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        try process.run()
        standardInput.fileHandleForWriting.write(Data(input.utf8))
        try standardInput.fileHandleForWriting.close()
        Thread.detachNewThread { [self] in read(output.fileHandleForReading) }
    }

    deinit {
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
        try? FileManager.default.removeItem(at: folder)
    }

    private func read(_ handle: FileHandle) {
        var rest = Data()
        while true {
            let data = handle.availableData
            rest += data
            condition.lock()
            while let end = rest.firstIndex(of: 10) {
                lines.append(String(decoding: rest[rest.startIndex..<end], as: UTF8.self))
                rest = Data(rest[(end + 1)...])
            }
            if data.isEmpty {
                if !rest.isEmpty { lines.append(String(decoding: rest, as: UTF8.self)) }
                isOpen = false
            }
            condition.broadcast()
            condition.unlock()
            if data.isEmpty { return }
        }
    }

    /// Everything printed so far, as on a terminal.
    var output: [String] {
        condition.lock()
        defer { condition.unlock() }
        return lines
    }

    /// Waits for a line that contains a text, and returns it.
    @discardableResult
    func line(
        with text: String, within seconds: Double = 30, sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> String {
        let deadline = Date(timeIntervalSinceNow: seconds)
        condition.lock()
        defer { condition.unlock() }
        while true {
            if let found = lines.first(where: { $0.contains(text) }) { return found }
            guard isOpen, condition.wait(until: deadline) else {
                Issue.record(
                    "no line with \(text) in:\n\(lines.joined(separator: "\n"))", sourceLocation: sourceLocation)
                throw Stage.Late()
            }
        }
    }

    /// Waits for the end; returns the exit code.
    func wait(within seconds: Double = 30, sourceLocation: SourceLocation = #_sourceLocation) throws -> Int32 {
        let deadline = Date(timeIntervalSinceNow: seconds)
        condition.lock()
        while isOpen {
            guard condition.wait(until: deadline) else {
                condition.unlock()
                Issue.record("still running:\n\(lines.joined(separator: "\n"))", sourceLocation: sourceLocation)
                throw Stage.Late()
            }
        }
        condition.unlock()
        process.waitUntilExit()
        return process.terminationStatus
    }

    func send(_ signal: Int32) { kill(process.processIdentifier, signal) }

    /// The text of a file in the command's folder.
    func file(_ name: String) -> String {
        (try? String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)) ?? ""
    }

    /// The records of `--json`, of one kind.
    func records(_ kind: String, in name: String = "out.json") -> [[String: Any]] {
        file(name).split(separator: "\n")
            .compactMap { try? JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any] }
            .filter { $0["record"] as? String == kind }
    }
}
