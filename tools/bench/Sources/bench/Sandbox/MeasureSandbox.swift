import ArgumentParser
import BenchCore

/// Measures the sandbox beside AWS's emulator.
struct MeasureSandbox: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sandbox",
        abstract: "Measures the sandbox's invocations and memory, and prints a table with what must be reached.")

    @OptionGroup var programs: SandboxPrograms
    @OptionGroup var session: Session

    func run() async throws {
        let section = SandboxSection(programs: programs, effort: session.quick ? .quick : .full)
        try await session.run([section], as: section.name)
    }
}

/// The executables that are measured, and what they are given.
struct SandboxPrograms: ParsableArguments {
    @Option(help: "lambda-sandbox.")
    var sandbox: String
    @Option(help: "lambda-sandbox as it was before; nothing is measured beside it without.")
    var baseline: String?
    @Option(help: "AWS's runtime interface emulator.")
    var emulator: String
    @Option(help: "The function, whose event is the number of milliseconds that it waits.")
    var function: String
    @Option(help: "The folder with wrk's script.")
    var inputs: String

    var script: String { inputs + "/invoke.lua" }
}
