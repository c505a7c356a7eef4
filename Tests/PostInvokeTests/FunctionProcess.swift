import CLinux
import Foundation
import ServiceFakes

/// The test function as a process of its own, between a fake Runtime API and a fake extension.
final class FunctionProcess: Sendable {
    let api: FakeRuntimeAPI
    /// Its standard output, line by line.
    let output = Log<String>()
    /// Its standard error, line by line.
    let errors = Log<String>()
    /// The ends of the process and of both its streams.
    private let ends = Log<Void>()
    private let process: Process

    /// - Parameters:
    ///   - start: how the function starts; see its `main.swift`.
    ///   - extensionAddress: where it looks for the extension.
    ///   - environment: further variables.
    init(start: String = "", extensionAddress: String, environment: [String: String] = [:]) async throws {
        api = try await FakeRuntimeAPI.start()
        process = .testFunction(
            start,
            environment: ["AWS_LAMBDA_RUNTIME_API": api.service.address, "POSTINVOKE_ADDRESS": extensionAddress]
                .merging(environment) { $1 })
        process.standardOutput = pipe(to: output)
        process.standardError = pipe(to: errors)
        process.terminationHandler = { [ends] _ in ends.append(()) }
        try process.run()
    }

    /// Sends SIGTERM.
    func terminate() { process.terminate() }

    /// Waits for the end and for all that was written until then, and ends the fake Runtime API.
    ///
    /// - Returns: the exit code, or the number of the signal that ended it, negated.
    func end() async throws -> Int32 {
        defer { api.service.stop() }
        do { for _ in 0..<3 { try await ends.next() } } catch {
            kill(process.processIdentifier, SIGKILL)
            throw error
        }
        return process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus
    }

    private func pipe(to log: Log<String>) -> Pipe {
        let pipe = Pipe.closedInOthers()
        Thread.detachNewThread { [ends] in
            var rest = Data()
            while case let data = pipe.fileHandleForReading.availableData, !data.isEmpty {
                rest += data
                while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
                    log.append(String(decoding: rest[..<end], as: UTF8.self))
                    rest = Data(rest[(end + 1)...])
                }
            }
            ends.append(())
        }
        return pipe
    }
}
