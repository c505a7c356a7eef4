import ArgumentParser
import FoundationEssentials
import Glibc
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
            fails, its output is printed and the old version stays. Where an executable is missing, it is run first.
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

    /// Returns true if an executable is not there, and the build may make it.
    func makes(_ executable: String) -> Bool { watch && build != nil && access(executable, F_OK) != 0 }

    /// Runs the build in the foreground if one of some executables is missing.
    func buildFirst(for executables: [String]) throws {
        guard let build, executables.contains(where: makes) else { return }
        say("building: \(build)")
        // Standard output is the log's.
        let status = system("{ \(build)\n} >&2")
        guard status == 0 else { fail("the first build failed", 1) }
    }

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
