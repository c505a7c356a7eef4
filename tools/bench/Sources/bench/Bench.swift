import ArgumentParser
import Version

/// Measures the extension and the library against what bounds them.
@main
struct Bench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Measures the shipped extension, and the library beneath it; see tools/bench/README.md.",
        version: "bench \(postinvokeVersion)",
        subcommands: [MeasureExtension.self, MeasureLibrary.self, Instructions.self])
}
