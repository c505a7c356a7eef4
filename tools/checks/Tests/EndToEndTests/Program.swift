import Foundation
import ToolsTestSupport

/// A program that takes part: built, and named by a variable or found where SwiftPM leaves it.
struct Program {
    /// Its absolute path.
    let path: String

    private init(_ variable: String, at place: String, build: String) throws {
        if let named = ProcessInfo.processInfo.environment[variable], !named.isEmpty {
            path = URL(fileURLWithPath: named).path
        } else {
            path = Self.packageFolder.appendingPathComponent(place).standardizedFileURL.path
        }
        guard FileManager.default.isExecutableFile(atPath: path) else {
            throw TestFailure("no executable at \(path): build it with `\(build)`, or name one in \(variable)")
        }
    }

    /// The sandbox.
    static func sandbox() throws -> Program { try built("lambda-sandbox", "LAMBDA_SANDBOX", in: "tools/") }

    /// The endurance run, with its function beside it.
    static func soak() throws -> Program { try built("soak", "SOAK_EXECUTABLE", in: "tools/") }

    /// The extension.
    static func postinvoke() throws -> Program { try built("postinvoke", "POSTINVOKE_EXTENSION") }

    /// The function whose events say what it is to do.
    static func testFunction() throws -> Program { try built("test-function", "TEST_FUNCTION_EXECUTABLE") }

    /// The example of the README, which the demonstration runs.
    static func closures() throws -> Program { try example("closures", "CLOSURES_EXECUTABLE") }

    /// The example that needs no layer.
    static func noLayer() throws -> Program { try example("no-layer", "NO_LAYER_EXECUTABLE") }

    /// The example of closures at shutdown.
    static func shutdown() throws -> Program { try example("shutdown", "SHUTDOWN_EXECUTABLE") }

    static func echo() throws -> Program { try example("echo", "ECHO_EXECUTABLE") }
    static func hello() throws -> Program { try example("hello", "HELLO_EXECUTABLE") }
    static func chat() throws -> Program { try example("chat", "CHAT_EXECUTABLE") }

    /// The example extensions.
    static func telemetryTail() throws -> Program { try example("telemetry-tail", "TELEMETRY_TAIL_EXECUTABLE") }
    static func secretsCache() throws -> Program { try example("secrets-cache", "SECRETS_CACHE_EXECUTABLE") }

    private static func example(_ name: String, _ variable: String) throws -> Program {
        try built(name, variable, in: "layer/examples/")
    }

    /// A product of a package, which is given by its folder in the repository.
    private static func built(_ name: String, _ variable: String, in package: String = "") throws -> Program {
        let option = option + (package.isEmpty ? "" : " --package-path \(package)")
        return try Program(
            variable, at: "../\(package).build/\(configuration)/\(name)",
            build: "swift build\(option) --product \(name)")
    }

    /// The example in another language.
    static func pythonExample() throws -> Program {
        try Program("PYTHON_EXAMPLE", at: "../layer/examples/python/function.py", build: "chmod +x")
    }

    /// A function in Python that knows nothing but `/check` and `/done`, without a session or an id.
    static func pythonFunction() throws -> Program {
        try Program("PYTHON_FUNCTION", at: "checks/Tests/EndToEndTests/Fixtures/function.py", build: "chmod +x")
    }

    /// A Python that has awslambdaric and boto3, which `tools/checks/steps.sh` installs; nil where there is none.
    static let pythonWithSDKs = ProcessInfo.processInfo.environment["PYTHON_WITH_SDKS"]

    /// A script that invokes with a response stream.
    static func responseStream() throws -> Program {
        try Program("RESPONSE_STREAM", at: "checks/Tests/EndToEndTests/Fixtures/stream.py", build: "chmod +x")
    }

    /// AWS's runtime for Python, of the installation that the variable `PYTHON` of its function names.
    static func pythonRuntime() throws -> Program {
        try Program("PYTHON_RUNTIME", at: "checks/Tests/EndToEndTests/Fixtures/awslambdaric", build: "chmod +x")
    }

    /// A function that does the steps of its event, and knows nothing of this project.
    static func scriptedFunction() throws -> Program {
        try Program("SCRIPTED_FUNCTION", at: "sandbox/Tests/SandboxTests/Fixtures/function", build: "chmod +x")
    }

    /// The origin behind the cache of secrets.
    static func origin() throws -> Program {
        try Program("SECRETS_ORIGIN", at: "checks/Tests/EndToEndTests/Fixtures/origin.py", build: "chmod +x")
    }

    #if DEBUG
    private static let configuration = "debug"
    private static let option = ""
    #else
    private static let configuration = "release"
    private static let option = " -c release"
    #endif

    private static let packageFolder = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
}
