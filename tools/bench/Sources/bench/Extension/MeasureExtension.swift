import ArgumentParser
import BenchCore

struct MeasureExtension: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "extension", abstract: "Measures the extension, and prints a table with what must be reached.")

    @OptionGroup var programs: Programs
    @OptionGroup var session: Session

    func run() async throws {
        let section = ExtensionSection(
            programs: programs, effort: session.quick ? .quick : .full,
            placements: Placement.all(preferring: session.cpu))
        try await session.run([section], as: section.name)
    }
}
