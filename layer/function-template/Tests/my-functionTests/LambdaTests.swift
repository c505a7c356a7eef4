import LambdaTesting
import Testing

@testable import my_function

@Suite struct LambdaTests {
    @Test func `The program answers, ships, and stands still until the next event`() async throws {
        var settings = LambdaSandbox.Settings()
        // Wide limits: the load of the machine is not judged.
        (settings.timeout, settings.initLimit, settings.patience) = (.seconds(60), .seconds(60), .seconds(120))
        let sandbox = try await LambdaSandbox.start("my-function", settings: settings)
        let response = try await sandbox.invoke(Order(id: "7", items: ["espresso": 240, "croissant": 400]))
        #expect(try response.decode(Receipt.self).total == 640)
        #expect(try await sandbox.report(of: response).lines.contains("shipping 7"))
        try await sandbox.wait(until: .frozen)
        try await sandbox.shutdown()
    }
}
