import CLinux
import Foundation
import HostProcess
import LambdaTesting
import Processes
import Reactor
import TestSupport
import Testing

@Suite struct LambdaSandboxTests {
    @Test func `The caller has its response before the work behind it, which the report waits for`() async throws {
        let sandbox = try await start()
        let command = Command(do: "closures", ms: 50)
        let response = try await sandbox.invoke(command)
        #expect(try response.decode(Command.self) == command)
        let report = try await sandbox.report(of: response)
        #expect(report.lines.first?.hasPrefix("START RequestId: \(response.id)") == true)
        #expect(report.lines.last?.hasPrefix("REPORT RequestId: \(response.id)") == true)
        #expect(
            report.lines.filter { $0.hasPrefix("handler") || $0.hasPrefix("closure") }
                == ["handler closures", "closure 1 begins", "closure 1 ends"])
        #expect(report.hold! >= .milliseconds(50) && report.hold! <= report.duration)
        #expect(report.initDuration != nil)
        #expect(report.billedDuration >= report.duration)
        #expect(report.errorType == nil)
        #expect(try await sandbox.shutdown())
        #expect(await sandbox.state == .stopped)
    }

    @Test func `An environment is frozen between invocations, and goes on with the next`() async throws {
        let sandbox = try await start()
        try await sandbox.wait(until: .frozen)
        let cold = try await sandbox.invoke(json: #"{"do":"echo"}"#)
        try await sandbox.wait(until: .frozen)
        let warm = try await sandbox.invoke(Command(do: "echo"))
        #expect(try await sandbox.report(of: warm).initDuration == nil)
        #expect(cold.id != warm.id)
        try await sandbox.line(containing: "handler echo", occurrence: 2)
    }

    @Test func `An extension is told of invocations`() async throws {
        let sandbox = try await start(extensions: ["postinvoke"]) {
            $0.environment["POSTINVOKE_ADDRESS"] = "unix:@postinvoke-test-\(UInt64.random(in: 0 ... .max))"
        }
        try await sandbox.line(containing: "EXTENSION\tName: postinvoke")
        let report = try await sandbox.report(of: try await sandbox.invoke(Command(do: "closures")))
        #expect(report.lines.contains("closure 1 ends"))
        #expect(try await sandbox.telemetry("platform.report").contains(#""status":"success""#))
        #expect(try await sandbox.shutdown())
    }

    @Test func `Sandboxes run beside each other`() async throws {
        try await withThrowingTaskGroup(of: String.self) { group in
            for number in 1...4 {
                group.addTask {
                    let sandbox = try await start()
                    return try await sandbox.invoke(Command(do: "echo", text: "\(number)")).decode(Command.self).text!
                }
            }
            let texts = try await group.reduce(into: Set()) { $0.insert($1) }
            #expect(texts == ["1", "2", "3", "4"])
        }
    }

    @Test func `Nothing is frozen on Managed Instances`() async throws {
        let sandbox = try await start { $0.kind = .managedInstances(concurrency: 2) }
        try await sandbox.wait(until: .idle)
        #expect(try await sandbox.invoke(Command(do: "echo")).errorType == nil)
        try await sandbox.wait(until: .idle)
    }

    // MARK: What goes wrong

    @Test func `The error of a function is the response, and not what a test decodes`() async throws {
        let sandbox = try await start()
        let response = try await sandbox.invoke(Command(do: "throw", text: "no tea"))
        #expect(response.errorType == "TestError")
        #expect(response.text.contains("no tea"))
        let failure = #expect(throws: LambdaSandbox.Failure.self) { try response.decode(Command.self) }
        #expect(failure?.description.contains("no tea") == true)
        #expect(try await sandbox.report(of: response).errorType == "TestError")
    }

    @Test func `A timeout ends the environment, and the next invocation starts another`() async throws {
        let sandbox = try await start { $0.timeout = .milliseconds(200) }
        try await sandbox.wait(until: .frozen)
        let response = try await sandbox.invoke(Command(do: "sleep", ms: 600_000))
        #expect(response.errorType == "Sandbox.Timedout")
        try await sandbox.wait(until: .stopped)
        try await sandbox.telemetry("platform.initStart")
    }

    @Test func `A process that is killed fails the invocation`() async throws {
        let sandbox = try await start()
        let response = Task { try await sandbox.invoke(Command(do: "sleep", ms: 600_000)) }
        try await sandbox.line(containing: "handler sleep")
        try await sandbox.send(SIGKILL)
        #expect(try await response.value.errorType == "Runtime.ExitError")
        try await sandbox.line(containing: "signal: killed")
        let failure = await #expect(throws: LambdaSandbox.Failure.self) {
            try await sandbox.send(SIGKILL, to: "nobody")
        }
        #expect(failure?.description.hasPrefix("no process nobody runs") == true)
    }

    @Test func `A fault is counted from when it is injected`() async throws {
        let sandbox = try await start { $0.faults = ["init-error:500@9"] }
        _ = try await sandbox.report(of: sandbox.invoke(Command(do: "echo")))
        try await sandbox.inject("response:500@2")
        #expect(try await sandbox.invoke(Command(do: "echo")).errorType == nil)
        #expect(try await sandbox.invoke(Command(do: "echo")).errorType == "Runtime.ExitError")
        try await sandbox.line(containing: "FAULT\tCall: response\tAnswer: 500")
    }

    @Test func `An invocation that never began has no report`() async throws {
        let sandbox = try await start()
        _ = try await sandbox.invoke(Command(do: "echo"))
        try await sandbox.shutdown()
        let response = try await sandbox.invoke(Command(do: "echo"))
        #expect(response.errorType != nil)
        let failure = await #expect(throws: LambdaSandbox.Failure.self) { try await sandbox.report(of: response) }
        #expect(failure?.description.hasPrefix("invocation \(response.id) never began") == true)
    }

    @Test func `What is waited for in vain is named, with the end of the log`() async throws {
        let sandbox = try await start { $0.patience = .milliseconds(1) }
        let failure = await #expect(throws: LambdaSandbox.Failure.self) {
            try await sandbox.line(containing: "tea", occurrence: 3)
        }
        let words = #"waited for occurrence 3 of a line with "tea" for 0.001 seconds in vain; the environment is "#
        #expect(failure?.description.hasPrefix(words) == true)
    }

    @Test func `Whoever waits for what can come no more is told so at once`() async throws {
        let sandbox = try await start()
        _ = try await sandbox.invoke(Command(do: "echo"))
        let line = Task { try await sandbox.line(containing: "tea") }
        try await sandbox.shutdown()
        let failure = await #expect(throws: LambdaSandbox.Failure.self) { try await line.value }
        #expect(failure?.description.contains("until it was shut down; the environment is stopped") == true)
        #expect(failure?.description.contains("\n    | handler echo\n") == true)
    }

    @Test func `A wait ends with its task`() async throws {
        let sandbox = try await start()
        let task = Task { try await sandbox.line(containing: "tea") }
        task.cancel()
        let failure = await #expect(throws: LambdaSandbox.Failure.self) { try await task.value }
        #expect(failure?.description.contains("until the task was cancelled") == true)
    }

    @Test func `A sandbox that is forgotten leaves no process behind`() async throws {
        var sandbox: LambdaSandbox? = try await start()
        _ = try await sandbox!.invoke(Command(do: "pid"))
        let process = try #require(try await Int32(sandbox!.line(containing: "pid ").dropFirst(4)))
        let end = try ProcessEnd.watch(process)
        sandbox = nil
        #expect(BlockingPoll.wait(end.rawValue, for: .read, timeout: patience))
    }

    // MARK: What cannot be

    @Test(arguments: [
        ("no-such-function", "no executable"), ("./no-such-function", "no executable ./no-such-function"),
        ("/proc/self/status", "/proc/self/status is not executable"), ("/tmp", "/tmp is a folder"),
    ])
    func `An executable that is none is named`(function: String, words: String) async throws {
        let failure = await #expect(throws: LambdaSandbox.Failure.self) { try await LambdaSandbox.start(function) }
        #expect(failure?.description.hasPrefix(words) == true, "\(failure?.description ?? "")")
    }

    @Test(arguments: [
        ("response", "response is no fault: CALL:ANSWER"), ("response:200", "response:200 is no fault"),
        ("tea:500", "tea:500 is no fault"),
    ])
    func `A fault that is none is named`(fault: String, words: String) async throws {
        let failure = await #expect(throws: LambdaSandbox.Failure.self) {
            _ = try await start { $0.faults = [fault] }
        }
        #expect(failure?.description.hasPrefix(words) == true)
    }

    @Test func `Settings out of range are named`() async throws {
        for (change, words) in [
            ({ $0.timeout = .zero }, "timeout is 0.0 seconds: must be more than 0 and at most 900 seconds"),
            ({ $0.initLimit = .seconds(901) }, "initLimit is 901.0 seconds"),
            ({ $0.kind = .managedInstances(concurrency: 5000) }, "a concurrency of 5000: must be 1 to 4096"),
        ] as [((inout LambdaSandbox.Settings) -> Void, String)] {
            var settings = LambdaSandbox.Settings()
            change(&settings)
            let failure = await #expect(throws: LambdaSandbox.Failure.self) {
                try await LambdaSandbox.start("test-function", settings: settings)
            }
            #expect(failure?.description.hasPrefix(words) == true)
        }
    }

    @Test func `An event that is no JSON is refused`() async throws {
        let sandbox = try await start()
        let failure = await #expect(throws: LambdaSandbox.Failure.self) { try await sandbox.invoke(json: "{tea") }
        #expect(failure?.description.hasPrefix("the event is not JSON: line 1, column 2") == true)
    }
}

/// The steps of the test function.
private struct Command: Codable, Equatable {
    var `do`: String
    var ms: Int?
    var text: String?
}

/// A sandbox of the test function, in which the load of the machine is not judged.
private func start(
    extensions: [String] = [], _ change: (inout LambdaSandbox.Settings) -> Void = { _ in }
) async throws -> LambdaSandbox {
    var settings = LambdaSandbox.Settings()
    settings.timeout = .seconds(300)
    settings.initLimit = .seconds(300)
    settings.shutdownLimit = .seconds(100)
    settings.patience = patience
    // The settings of a sanitizer, when these tests run under it.
    for name in ["TSAN_OPTIONS", "ASAN_OPTIONS", "LD_PRELOAD"] {
        settings.environment[name] = ProcessInfo.processInfo.environment[name]
    }
    change(&settings)
    return try await LambdaSandbox.start("test-function", extensions: extensions, settings: settings)
}
