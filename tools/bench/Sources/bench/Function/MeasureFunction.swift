import ArgumentParser
import BenchCore

/// Measures functions.
struct MeasureFunction: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "function",
        abstract: "Measures functions in every form, and prints tables with what must be reached.")

    enum Part: String, CaseIterable, ExpressibleByArgument {
        case events, done, starts, memory
    }

    @OptionGroup var programs: FunctionPrograms
    @Option(help: "Only this part; may be given several times.")
    var only: [Part] = []
    @OptionGroup var session: Session

    func run() async throws {
        let placement = Placement.all(preferring: session.cpu)[0]
        let quick = session.quick
        let sections = Part.allCases.filter { only.isEmpty || only.contains($0) }.map { part -> any Section in
            switch part {
            case .events: EventsSection(programs: programs, effort: quick ? .quick : .full, placement: placement)
            case .done: DoneSection(programs: programs, effort: quick ? .quick : .full, placement: placement)
            case .starts: StartsSection(programs: programs, starts: quick ? 20 : 200, placement: placement)
            case .memory: ResidenceSection(programs: programs, processes: quick ? 1 : 7, placement: placement)
            }
        }
        try await session.run(sections, as: "function")
    }
}
