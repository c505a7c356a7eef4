import ArgumentParser
import Version

/// Measures the extension, functions, the library and the sandbox against what bounds them.
@main
struct Bench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract:
            "Measures the shipped extension, functions, the library beneath them, and the sandbox; see tools/bench/README.md.",
        version: "bench \(postinvokeVersion)",
        subcommands: [
            MeasureExtension.self, MeasureFunction.self, MeasureLibrary.self, MeasureSandbox.self, Instructions.self,
        ])
}
