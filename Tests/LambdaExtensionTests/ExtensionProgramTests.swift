import CLinux
import LambdaExtension
import Testing

/// The frame of an extension's entry point. Its lines stand on standard error, which a process of its own has.
@Suite struct ExtensionProgramTests {
    /// Without an endpoint nothing lives.
    @Test func endsWithoutAnEndpoint() {
        guard getenv("AWS_LAMBDA_RUNTIME_API") == nil else { return }
        let program = ExtensionProgram("my-extension")
        #expect(program.name == "my-extension")
        let code = program.run { _ in
            Issue.record("lives without an endpoint")
            return 0
        }
        #expect(code == SettingError.exitCode)
    }

    @Test func givesTheCodeOfTheLife() async {
        await #expect(processExitsWith: .exitCode(3)) {
            setenv("AWS_LAMBDA_RUNTIME_API", "127.0.0.1:9001", 1)
            exit(ExtensionProgram("my-extension").run { _ in 3 })
        }
    }

    @Test func saysWhyALifeFailed() async throws {
        let result = await #expect(processExitsWith: .exitCode(1), observing: [\.standardErrorContent]) {
            setenv("AWS_LAMBDA_RUNTIME_API", "127.0.0.1:9001", 1)
            exit(ExtensionProgram("my-extension").run { _ throws(Errno) in throw Errno.tooManyFiles })
        }
        let said = String(decoding: try #require(result).standardErrorContent, as: UTF8.self)
        #expect(said.contains("my-extension: Too many open files\n"))
    }
}
