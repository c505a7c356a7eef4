import Foundation
import Testing
import ToolsTestSupport

/// The whole over each transport. The check `compatibility` runs these with a function and an extension of different ages.
struct TransportTests {
    enum Transport: String, CaseIterable, CustomTestStringConvertible {
        case tcp = "TCP"
        case unix = "a Unix socket"
        var testDescription: String { rawValue }

        /// Variables for all processes. The address of a run is one over TCP; nobody holds but the extension.
        var environment: [String: String] {
            var environment = ["TEST_FUNCTION_MODE": "layer"]
            if self == .unix { environment["POSTINVOKE_ADDRESS"] = "unix:@postinvoke-\(UUID().uuidString)" }
            return environment
        }
    }

    /// With closures and without, failing and not, and the environment frozen between.
    @Test(arguments: Transport.allCases)
    func `Every invocation ends by its function's word`(transport: Transport) throws {
        let commands = [
            "closures", "echo", "echo", "nested", "throw", "closure-throw", "throw-with-closure", "echo", "closures",
        ]
        let run = try SandboxRun(.testFunction(), invocations: commands.count, environment: transport.environment)
        let caller = try Caller(of: run)
        for command in commands {
            let event = #"{"do":"\#(command)","count":2,"ms":20,"text":"no luck"}"#
            let answer = try caller.invoke(event)
            if command.hasPrefix("throw") {
                #expect(answer.field("X-Amz-Function-Error") == "Unhandled")
            } else {
                #expect(answer.body == event)
            }
            // What comes after it, comes after a freeze.
            try run.wait(forLine: "REPORT ")
        }
        let outcome = try run.finish()
        #expect(outcome.exitCode == 1)
        #expect(outcome.holdsEnded(by: commands.map { _ in "done" }), "\(outcome)")
        // The extension has heard of these long before they are done.
        for (command, invocation) in zip(commands, outcome.invocations) where command == "closures" {
            #expect(outcome.releases.contains { $0.requestID == invocation.requestId }, "\(outcome)")
        }
        let closures =
            ["START", "handler closures", "RESPONSE"]
            + [2, 1].flatMap {
                ["closure \($0) begins", "closure \($0) ends"]
            } + ["END", "REPORT"]
        #expect(Array(outcome.outline[2..<(2 + closures.count)]) == closures, "\(outcome)")
        #expect(outcome.outline.suffix(closures.count + 3).dropLast(3) == closures[...], "\(outcome)")
        #expect(outcome.outline.count { $0 == "inner closure" } == 1, "\(outcome)")
        #expect(outcome.outline.count { $0 == "closure after the failure" } == 1, "\(outcome)")
        #expect(outcome.outline.count { $0 == "closure after an error" } == 1, "\(outcome)")
        #expect(!outcome.lines.contains { $0.contains("the extension at ") }, "\(outcome)")
    }

    @Test(arguments: Transport.allCases)
    func `A function that dies in a closure ends its hold`(transport: Transport) throws {
        let run = try SandboxRun(.testFunction(), invocations: 2, environment: transport.environment)
        let caller = try Caller(of: run)
        let event = #"{"do":"closure-kill","ms":20}"#
        #expect(try caller.invoke(event).body == event)
        try run.wait(forLine: "postinvoke: released ")
        try caller.invoke(#"{"do":"echo"}"#)
        let outcome = try run.finish()
        #expect(outcome.releases.first?.reason == "session", "\(outcome)")
    }
}
