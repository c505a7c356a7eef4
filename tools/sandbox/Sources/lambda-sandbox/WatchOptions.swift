import ArgumentParser
import FoundationEssentials
import Sandbox

/// The options of a run whose programs change.
struct WatchOptions: ParsableArguments {
    @Flag(
        help: """
            Start the environments anew, each when nobody is at work in it, once an executable of --function or --extension \
            is another one.
            """)
    var watch = false

    @Option(
        help: ArgumentHelp(
            """
            With --watch, run this in a shell when a file of --sources has changed, and start anew when it has succeeded. If it \
            fails, its output is printed and the old version stays.
            """, valueName: "command"))
    var build: String?

    @Option(
        help: ArgumentHelp(
            """
            With --watch, a folder whose files are built by --build, or read by the function as they are; what is hidden in it \
            is not watched. More than once for several. (default: with --build, the current one)
            """, valueName: "folder"),
        completion: .directory)
    var sources: [String] = []

    func validate() throws { _ = try plan() }

    /// The watch's plan; nil for no watch.
    func plan() throws -> Watch.Plan? {
        guard watch else {
            let given = [("--build", build != nil), ("--sources", !sources.isEmpty)].first(where: \.1)
            if let (option, _) = given { throw ValidationError("\(option): only with --watch") }
            return nil
        }
        let folders = sources.isEmpty && build != nil ? ["."] : sources
        return Watch.Plan(
            build: build, sources: try folders.map { try Arguments.folder($0, option: "--sources") },
            variables: ProcessInfo.processInfo.environment)
    }
}
