import ArgumentParser

/// Measures the extension and the library against what bounds them.
@main
struct Bench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Measures the shipped extension beside the least that does the same; see tools/bench/README.md.",
        subcommands: [Measure.self, Instructions.self], defaultSubcommand: Measure.self)
}
