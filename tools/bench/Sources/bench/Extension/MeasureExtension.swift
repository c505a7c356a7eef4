import ArgumentParser
import BenchCore

/// Measures the extension.
struct MeasureExtension: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "extension", abstract: "Measures the extension, and prints a table with what must be reached.")

    @Option(help: "The extension that is shipped, a static executable.")
    var `extension`: String
    @Option(help: "The folder with the C peers.")
    var peers: String
    @Option(help: "A build of the extension whose allocations a preloaded library can count.")
    var countable: String?
    @Option(help: "The library that counts them.")
    var counter: String?
    @Option(help: "Another extension to measure beside, as NAME=COMMAND; may be given several times.")
    var peer: [String] = []
    @Option(help: "The recorded number of instructions a cycle, in a file; they are counted, with valgrind, if given.")
    var instructions: String?
    @OptionGroup var session: Session

    func run() async throws {
        let programs = Programs(
            extension: self.extension, peers: peers, countable: countable, counter: counter,
            others: try peer.map(Programs.Other.init(parsing:)), instructions: instructions)
        let section = ExtensionSection(
            programs: programs, effort: session.quick ? .quick : .full,
            placements: Placement.all(preferring: session.cpu))
        try await session.run([section], as: section.name)
    }
}
