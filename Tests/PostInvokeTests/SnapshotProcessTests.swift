import ServiceFakes
import Testing

/// The test function under SnapStart, as a process.
@Suite struct SnapshotProcessTests {
    private static let environment = ["AWS_LAMBDA_INITIALIZATION_TYPE": "snap-start"]
    private static let before = ["registered last, before the snapshot", "registered first, before the snapshot"]
    private static let after = ["registered first, after the restore", "registered last, after the restore"]

    @Test(arguments: ["snapshot", "snapshot, blocking"])
    func hooksRunAroundTheRestore(_ start: String) async throws {
        let service = try await FakeExtension.start()
        defer { service.stop() }
        let function = try await FunctionProcess(
            start: start, extensionAddress: service.address, environment: Self.environment)
        try await function.api.expect("GET", "/restore/next")
        for line in Self.before { #expect(try await function.output.next() == line) }
        function.api.answerRestore()
        for line in Self.after { #expect(try await function.output.next() == line) }
        try await function.api.expect("GET", "/invocation/next")
        if start == "snapshot" {
            let checks = [try await service.next(), try await service.next()]
            #expect(checks.map(\.path) == ["/check", "/check"])
            #expect(checks[0].connection != checks[1].connection, "a session of the copy's own")
        }
        function.terminate()
        _ = try await function.end()
    }

    @Test func aHookThatHangsAfterTheRestoreIsReportedAndEndsTheProcess() async throws {
        let function = try await FunctionProcess(
            start: "restored late", extensionAddress: "127.0.0.1:1", environment: Self.environment)
        try await function.api.expect("GET", "/restore/next")
        function.api.answerRestore()
        let report = try await function.api.expect("POST", "/restore/error")
        #expect(report.headers["Lambda-Runtime-Function-Error-Type"] == "Runtime.AfterRestoreError")
        #expect(report.body.contains("the hooks after the restore took longer than 0.01 seconds"))
        #expect(try await function.end() == 1)
        #expect(function.errors.all.count == 1)
    }

    /// Registered hooks are nothing to an environment that is never put into a snapshot.
    @Test func elsewhereNoHookRuns() async throws {
        let service = try await FakeExtension.start()
        defer { service.stop() }
        let function = try await FunctionProcess(start: "snapshot", extensionAddress: service.address)
        try await function.api.expect("GET", "/invocation/next")
        function.terminate()
        _ = try await function.end()
        #expect(!function.output.all.contains { $0.contains("snapshot") || $0.contains("restore") })
    }
}
