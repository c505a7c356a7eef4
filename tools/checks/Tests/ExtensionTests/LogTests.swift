import Foundation
import Testing

/// The lines on standard error, in both of Lambda's formats.
@Suite struct LogTests {
    /// Makes one hold end with its done, shuts down, and returns the lines.
    private func lines(_ settings: [String: String?]) throws -> [String] {
        let (scene, function) = try Scene.inSession(settings)
        try scene.lambda.invoke("a\\\"b")
        try scene.expectHold("a\"b")
        try scene.release(function, "a\"b", next: 2)
        try scene.shutDown()
        return scene.process.errorLines
    }

    @Test(arguments: ["DEBUG", "debug", "TRACE"])
    func releasesAreToldAtDebugLevel(_ level: String) throws {
        let lines = try lines(["AWS_LAMBDA_LOG_LEVEL": level, "AWS_LAMBDA_LOG_FORMAT": "Text"])
        try #require(lines.count == 1)
        let words = lines[0].split(separator: " ")
        try #require(words.count == 7)
        #expect(words[..<4] == ["postinvoke:", "released", "a\"b", "after"])
        #expect(Int(words[4]) != nil)
        #expect(words[5...] == ["us:", "done"])
    }

    @Test(arguments: [nil, "INFO", "WARN", "ERROR", "FATAL"])
    func nothingIsSaidAboveDebug(_ level: String?) throws {
        #expect(try lines(["AWS_LAMBDA_LOG_LEVEL": level]) == [])
    }

    private struct Entry: Decodable {
        let timestamp: String
        let level: String
        let logger: String
        let message: String
        let requestId: String?
        let heldMicroseconds: Int?
        let reason: String?
    }

    /// Reads the one line there is.
    private func entry(_ lines: [String]) throws -> Entry {
        try #require(lines.count == 1)
        return try JSONDecoder().decode(Entry.self, from: Data(lines[0].utf8))
    }

    @Test func entriesMayBeJSON() throws {
        let lines = try lines(["AWS_LAMBDA_LOG_LEVEL": "DEBUG", "AWS_LAMBDA_LOG_FORMAT": "JSON"])
        let entry = try entry(lines)
        #expect(entry.level == "DEBUG")
        #expect(entry.logger == "postinvoke")
        #expect(entry.requestId == "a\"b")
        let held = try #require(entry.heldMicroseconds)
        #expect(held >= 0)
        #expect(entry.reason == "done")
        #expect(entry.message == "released a\"b after \(held) us: done")
        let format = ISO8601DateFormatter()
        format.formatOptions = [.withInternetDateTime, .withFractionalSeconds]
        let moment = try #require(format.date(from: entry.timestamp))
        #expect(abs(moment.timeIntervalSinceNow) < 60)
        #expect(entry.timestamp.hasSuffix("Z") && entry.timestamp.count == 24)
    }

    @Test(arguments: [
        ("done", [:]), ("session", [:]), ("deadline", ["POSTINVOKE_DEADLINE_MARGIN_MS": "7200000"]),
        ("budget", ["POSTINVOKE_MAX_HOLD_MS": "1"]),
    ])
    func everyReasonHasItsWord(_ reason: String, _ settings: [String: String]) throws {
        let (scene, function) = try Scene.inSession(settings.merging(["AWS_LAMBDA_LOG_LEVEL": "DEBUG"]) { $1 })
        try scene.lambda.invoke("a")
        if reason == "done" || reason == "session" { try scene.expectHold("a") }
        if reason == "done" { function.send(done("a")) }
        if reason == "session" { function.close() }
        try scene.expectNext(2)
        try scene.wait(for: "the line") { !scene.process.errorLines.isEmpty }
        #expect(scene.process.errorLines[0].hasPrefix("postinvoke: released a after "))
        #expect(scene.process.errorLines[0].hasSuffix(" us: \(reason)"))
    }

    @Test func failuresMayBeJSON() throws {
        let scene = try Scene(["AWS_LAMBDA_LOG_FORMAT": "JSON", "AWS_LAMBDA_LOG_LEVEL": "FATAL"]) { lambda, _, _ in
            lambda.answers[.register] = .status(403, #"{"errorType":"Extension.T"}"#)
        }
        try scene.expectEnd(.exit(1))
        let entry = try entry(scene.process.errorLines)
        #expect(entry.level == "FATAL")
        #expect(entry.message == "Extensions API register answered 403 Extension.T")
    }

    /// Whichever variable is bad, and whether or not it can be reported to Lambda.
    @Test(arguments: [
        ("AWS_LAMBDA_RUNTIME_API", "nowhere"), ("POSTINVOKE_ADDRESS", "0.0.0.0:1"), ("POSTINVOKE_MAX_HOLD_MS", "x"),
        ("AWS_LAMBDA_LOG_LEVEL", "LOUD"),
    ])
    func badSettingsMayBeJSON(_ variable: String, _ value: String) throws {
        let scene = try Scene(["AWS_LAMBDA_LOG_FORMAT": "JSON", variable: value])
        try scene.expectEnd(.exit(78))
        let entry = try entry(scene.process.errorLines)
        #expect(entry.level == "FATAL")
        #expect(entry.message.hasPrefix("\(variable) \"\(value)\" "))
    }
}
