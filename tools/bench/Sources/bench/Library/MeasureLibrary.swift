import ArgumentParser
import BenchCore

/// Measures the library beneath the extension.
struct MeasureLibrary: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "library",
        abstract: "Measures parsing, serving, idle connections, timers and tasks, and prints tables.")

    enum Part: String, CaseIterable, ExpressibleByArgument {
        case heads, server, idle, timers, tasks
    }

    @OptionGroup var programs: LibraryPrograms
    @Option(help: "Only this part; may be given several times.")
    var only: [Part] = []
    @OptionGroup var session: Session

    func run() async throws {
        let placements = Placement.all(preferring: session.cpu)
        let cpu = placements[0].client
        let other = placements.first { $0.name == "two cores" }?.extension
        let quick = session.quick
        let sections = Part.allCases.filter { only.isEmpty || only.contains($0) }.map { part -> any Section in
            switch part {
            case .heads: HeadsSection(programs: programs, effort: quick ? .quick : .full, cpu: cpu)
            case .server:
                ServerSection(programs: programs, effort: quick ? .quick : .full, cpu: cpu, otherCPU: other)
            case .idle: IdleSection(programs: programs, effort: quick ? .quick : .full, cpu: cpu)
            case .timers: TimersSection(programs: programs, effort: quick ? .quick : .full, cpu: cpu)
            case .tasks: TasksSection(programs: programs, rounds: quick ? 5 : 15, cpu: cpu)
            }
        }
        try await session.run(sections, as: "library")
    }
}
