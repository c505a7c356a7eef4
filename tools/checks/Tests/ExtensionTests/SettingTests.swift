import Foundation
import LambdaExtension
import Testing

/// A setting that is missing or bad: one line, a report to Lambda where it can be reached, exit code 78.
@Suite struct SettingTests {
    static let variables = [
        "AWS_LAMBDA_RUNTIME_API", "POSTINVOKE_ADDRESS", "POSTINVOKE_DEADLINE_MARGIN_MS", "POSTINVOKE_MAX_HOLD_MS",
        "AWS_LAMBDA_LOG_FORMAT", "AWS_LAMBDA_LOG_LEVEL",
    ]

    @Test(arguments: [
        ("POSTINVOKE_ADDRESS", "0.0.0.0:1339", "is no port on loopback", "host:port on loopback"),
        ("POSTINVOKE_ADDRESS", "10.1.2.3:1339", "is no port on loopback", "host:port on loopback"),
        ("POSTINVOKE_ADDRESS", "[::]:1339", "is no port on loopback", "host:port on loopback"),
        ("POSTINVOKE_ADDRESS", "unix:@", "has no socket path", "unix:@name"),
        ("POSTINVOKE_ADDRESS", "unix:@postinvoke,", "has no port", "several with commas between"),
        ("POSTINVOKE_ADDRESS", "unix:@postinvoke,10.1.2.3:1339", "is no port on loopback", "host:port on loopback"),
        ("POSTINVOKE_ADDRESS", "127.0.0.1:0", "is no port on loopback", "host:port on loopback"),
        ("POSTINVOKE_ADDRESS", "127.0.0.1", "has no port", "host:port on loopback"),
        ("POSTINVOKE_ADDRESS", "127.0.0.1:65536", "has no port", "host:port on loopback"),
        ("POSTINVOKE_ADDRESS", "127.0.0.1:port", "has no port", "host:port on loopback"),
        ("POSTINVOKE_ADDRESS", ":1339", "has no valid host", "host:port on loopback"),
        ("POSTINVOKE_ADDRESS", "0177.0.0.1:1339", "has no valid host", "host:port on loopback"),
        ("POSTINVOKE_ADDRESS", "127.1:1339", "has no valid host", "host:port on loopback"),
        ("POSTINVOKE_DEADLINE_MARGIN_MS", "-1", "is out of range", "from 0 to 86400000"),
        ("POSTINVOKE_DEADLINE_MARGIN_MS", "50ms", "is no whole number", "from 0 to 86400000"),
        ("POSTINVOKE_DEADLINE_MARGIN_MS", "86400001", "is out of range", "from 0 to 86400000"),
        ("POSTINVOKE_DEADLINE_MARGIN_MS", "99999999999999999999", "is out of range", "from 0 to 86400000"),
        ("POSTINVOKE_MAX_HOLD_MS", "0", "is out of range", "from 1 to 86400000"),
        ("POSTINVOKE_MAX_HOLD_MS", "1.5", "is no whole number", "from 1 to 86400000"),
        ("POSTINVOKE_MAX_HOLD_MS", " 5", "is no whole number", "from 1 to 86400000"),
        ("AWS_LAMBDA_LOG_FORMAT", "XML", "is no format", "Text or JSON"),
        ("AWS_LAMBDA_LOG_LEVEL", "LOUD", "is no level", "TRACE, DEBUG, INFO, WARN, ERROR or FATAL"),
        ("AWS_LAMBDA_LOG_LEVEL", "IN\"FO\n", "is no level", "TRACE, DEBUG, INFO, WARN, ERROR or FATAL"),
    ])
    func badSettings(_ variable: String, _ value: String, _ fault: String, _ allowed: String) throws {
        let scene = try Scene([variable: value])
        try scene.expectEnd(.exit(78), lines: 1)
        let line = try #require(scene.process.errorLines.first)
        let quoted = value.replacingOccurrences(of: "\"", with: "\\\"").replacingOccurrences(of: "\n", with: "\\n")
        #expect(line.hasPrefix("postinvoke: \(variable) \"\(quoted)\" \(fault)"))
        #expect(line.contains("allowed: ") && line.contains(allowed))

        // Only a registered extension is heard.
        #expect(scene.lambda.calls == [.register, .initError])
        let report = try #require(scene.lambda.requests.last)
        #expect(report.fields["Lambda-Extension-Identifier"] == Lambda.identifier)
        #expect(report.fields["Lambda-Extension-Function-Error-Type"] == "Extension.ConfigInvalid")
        let body = try JSONDecoder().decode(Report.self, from: Data(report.body.utf8))
        #expect(body.errorType == "Extension.ConfigInvalid")
        #expect(line == "postinvoke: " + body.errorMessage)
    }

    private struct Report: Decodable {
        let errorType: String
        let errorMessage: String
    }

    @Test(arguments: [
        (nil as String?, "is not set"), ("", "is not set"), ("127.0.0.1", "has no port"),
        ("127.0.0.1:x", "has no port"),
        ("127.0.0.1:70000", "has no port"), ("https://127.0.0.1:9001", "has another scheme than http"),
        ("http://127.0.0.1:9001/.rt?a", "has a query or a fragment"), ("http://127.0.0.1/.rt", "has no port"),
        ("nobody.invalid:9001", "names a host that cannot be found"),
        ("[127.0.0.1]:9001", "has no valid host"), ("010.0.0.1:9001", "has no valid host"),
        (":9001", "has no valid host"), ("::1:9001", "has no valid host"),
    ])
    func badEndpoints(_ value: String?, _ fault: String) throws {
        let scene = try Scene(["AWS_LAMBDA_RUNTIME_API": value])
        try scene.expectEnd(.exit(78), lines: 1)
        #expect(scene.process.standardError.contains("AWS_LAMBDA_RUNTIME_API"))
        #expect(scene.process.standardError.contains(fault))
        #expect(scene.process.standardError.contains("allowed: host:port"))
        if let value, !value.isEmpty { #expect(scene.process.standardError.contains("\"\(value)\"")) }
        #expect(scene.lambda.requests.isEmpty)
    }

    /// Whatever Lambda makes of the report, the exit code says what was wrong.
    @Test(arguments: [Lambda.Call.register, .initError], ["close", "403", "silence"])
    func reportsThatFail(_ call: Lambda.Call, _ how: String) throws {
        let scene = try Scene(["POSTINVOKE_MAX_HOLD_MS": "x"]) { lambda, _, _ in
            switch how {
            case "close": lambda.answers[call] = .close
            case "403": lambda.answers[call] = .status(403, "")
            default: lambda.answers[call] = .silence
            }
        }
        try scene.expectEnd(.exit(78), lines: 1)
    }

    @Test func reportsToNobody() throws {
        let scene = try Scene(["POSTINVOKE_MAX_HOLD_MS": "x"]) { lambda, _, _ in lambda.stopListening() }
        try scene.expectEnd(.exit(78), lines: 1)
    }

    @Test(arguments: [
        ["POSTINVOKE_ADDRESS": ""], ["POSTINVOKE_DEADLINE_MARGIN_MS": "0", "POSTINVOKE_MAX_HOLD_MS": "86400000"],
        ["AWS_LAMBDA_LOG_FORMAT": "json", "AWS_LAMBDA_LOG_LEVEL": "warn"],
        ["AWS_LAMBDA_LOG_FORMAT": "TEXT", "AWS_LAMBDA_LOG_LEVEL": "Trace"], ["AWS_LAMBDA_LOG_LEVEL": ""],
        ["HTTP_PROXY": "http://127.0.0.1:1", "http_proxy": "http://127.0.0.1:1"],
    ])
    func goodSettings(_ settings: [String: String]) throws {
        let scene = try Scene.polling(settings)
        try scene.shutDown()
    }

    @Test func itCanListenOnIPv6() throws {
        guard let probe = try? OwnedSocket(Socket.listen(on: .ipv6(0, 1, port: 0))) else { return }
        extendLifetime(probe)
        var scene: Scene?
        // A port that was free may be taken by the time it is used; then the next one is tried.
        for port in UInt16(20_000)...20_020 where scene == nil {
            let next = try Scene.polling(["POSTINVOKE_ADDRESS": "[::1]:\(port)"])
            if next.process.standardError.isEmpty { scene = next }
        }
        #expect(scene != nil)
    }

    @Test func lambdaMayHaveAName() throws {
        let scene = try Scene.polling(host: "localhost")
        #expect(scene.lambda.requests.allSatisfy { $0.fields["Host"]?.hasPrefix("localhost:") == true })
    }
}
