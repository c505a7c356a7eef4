import BenchCore
import CBench
import Foundation
import Processes

/// The extension's instructions in user space. The environment is fixed, since its size moves what is on the stack.
enum InstructionCount {
    /// The accepted excess over what is recorded.
    static let tolerance = 0.05

    /// The cost of the cycles of INVOKE, `/done` and Next.
    struct Cycle {
        let instructions: Int
        /// Of how many each function's own part is; by their names, where the program has them.
        let functions: [String: Int]
    }

    /// Counts a cycle's instructions: those of a long run less those of a short one.
    ///
    /// - Parameter profile: where the profile of the long run is left, for callgrind_annotate.
    static func cycle(of program: String, profile: String? = nil) throws -> Cycle {
        let cycles = (short: 200, long: 1200)
        let short = try run(program, cycles: cycles.short)
        let long = try run(program, cycles: cycles.long, profile: profile)
        let more = cycles.long - cycles.short
        return Cycle(
            instructions: (long.total - short.total) / more,
            functions: long.perCycle(since: short, cycles: more))
    }

    static func recorded(in path: String) throws -> Int {
        let text = ProcessFiles.text(path)
        let line = text.split(separator: "\n").first { !$0.hasPrefix("#") } ?? ""
        guard let number = Int(line.trimmingCharacters(in: .whitespaces)) else {
            throw Failure("\(path) has no line with a number")
        }
        return number
    }

    static func write(_ number: Int, to path: String) throws {
        let text = """
            # Instructions in user space a cycle (INVOKE, /done, Next) of the shipped extension, x86_64, by callgrind.
            # Written by tools/bench/instructions --update; tools/checks/instructions fails when they grow by more than 5 %.
            \(number)

            """
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    }

    private static func run(_ program: String, cycles: Int, profile: String? = nil) throws -> CallgrindProfile {
        let output =
            profile.map(URL.init(fileURLWithPath:))
            ?? FileManager.default.temporaryDirectory.appendingPathComponent("callgrind-\(UUID().uuidString)")
        defer { if profile == nil { try? FileManager.default.removeItem(at: output) } }
        let valgrind = try Program.find("valgrind")
        let placement = Placement(name: "anywhere", client: -1, extension: -1)
        let contestant = try Contestant(
            "postinvoke under callgrind",
            [valgrind, "--tool=callgrind", "--vgdb=no", "--callgrind-out-file=\(output.path)", program], on: placement)
        try contestant.warmUp(cycles)
        try contestant.shutDown()
        return try Callgrind.profile(in: output.path)
    }
}
