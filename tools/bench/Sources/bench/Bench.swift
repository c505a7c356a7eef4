import ArgumentParser

/// Measures the extension and the library against what bounds them.
@main
struct Bench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Measures the shipped extension, and the library beneath it; see tools/bench/README.md.",
        subcommands: [MeasureExtension.self, MeasureLibrary.self, Instructions.self])
}
