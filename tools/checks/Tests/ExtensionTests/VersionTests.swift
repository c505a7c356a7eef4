import Foundation
import Testing

/// The version is one constant, and whatever reports it agrees.
@Suite struct VersionTests {
    /// The version in the file, which `layer/publish` reads as well.
    private static func constant() throws -> String {
        let source = try text(of: "Sources/LambdaAPI/Version.swift")
        return String(
            try #require(source.firstMatch(of: /let postinvokeVersion: StaticString = "(\d+\.\d+\.\d+)"\n/)).1)
    }

    private static func text(of file: String) throws -> String {
        let root = URL(fileURLWithPath: #filePath).appendingPathComponent("../../../../..").standardizedFileURL
        return try String(contentsOf: root.appendingPathComponent(file), encoding: .utf8)
    }

    @Test func `The executable prints it`() throws {
        let scene = try Scene(command: Binary.command + ["--version"])
        try scene.expectEnd(.exit(0))
        #expect(scene.process.standardOutput == "postinvoke \(try Self.constant())\n")
        #expect(scene.process.standardError == "")
        #expect(scene.lambda.requests.isEmpty)
    }

    @Test func `The answer to /check has it`() throws {
        let scene = try Scene.polling()
        let answer = try scene.ask(try scene.connect(), check())
        #expect(answer.fields["Postinvoke-Version"] == (try Self.constant()))
    }

    @Test func `Lambda is told it`() throws {
        let scene = try Scene.polling()
        let agent = "postinvoke/\(try Self.constant())"
        #expect(scene.lambda.requests.map { $0.fields["User-Agent"] } == [agent, agent])
    }

    @Test func `The changelog begins with it`() throws {
        let heading = try #require(try Self.text(of: "CHANGELOG.md").firstMatch(of: /\n## (.*)\n/)).1
        #expect(heading.split(separator: " ").first ?? "" == (try Self.constant()))
    }
}
