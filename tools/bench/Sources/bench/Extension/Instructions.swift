import ArgumentParser
import BenchCore
import CBench
import Foundation

/// Counts the instructions that a cycle takes in user space, and reports which functions take them.
struct Instructions: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract:
            "Counts the instructions a cycle takes in user space, with callgrind, and compares them with the record.")

    @Option(help: "The extension that is shipped, a static executable, with the names of its functions.")
    var `extension`: String
    @Option(help: "The file with the recorded number.")
    var record: String
    @Option(help: "The file with the names of the functions that every cycle passes through.")
    var functions: String
    @Option(help: "Where to leave the profile, for callgrind_annotate.")
    var profile: String?
    @Flag(help: "Write the number and the functions into their files instead of comparing them.")
    var update = false

    func run() throws {
        let cycle = try InstructionCount.cycle(of: self.extension, profile: profile)
        // Code without a symbol is named by its address.
        let named = cycle.functions.filter { !$0.key.hasPrefix("0x") }
        guard named.count * 2 > cycle.functions.count else {
            throw Failure("\(self.extension) does not name its functions")
        }
        if update {
            try InstructionCount.write(cycle.instructions, to: record)
            try CycleFunctions.write(named.keys.sorted(), to: functions)
            print("recorded \(cycle.instructions) instructions a cycle, in \(named.count) functions")
            return
        }
        let recorded = try InstructionCount.recorded(in: record)
        print("\(cycle.instructions) instructions a cycle, \(recorded) recorded")
        let limit = Double(recorded) * (1 + InstructionCount.tolerance)
        guard Double(cycle.instructions) <= limit else {
            throw Failure(
                "a cycle takes \(cycle.instructions) instructions, more than 5 % above the \(recorded) recorded; if that is "
                    + "meant, record it with tools/bench/instructions --update")
        }
        let known = Set(CycleFunctions.names(in: functions))
        let astray = named.filter { !known.contains($0.key) }.sorted { $0.value > $1.value }
        let share = Double(astray.reduce(0) { $0 + $1.value }) / Double(cycle.instructions)
        print("\(Int((share * 100).rounded())) % of them in functions that \(functions) does not name")
        guard share <= CycleFunctions.tolerance else {
            throw Failure(
                "\(astray.count) functions of a cycle are not in \(functions), \(astray[0].key) first; record them with "
                    + "tools/bench/instructions --update")
        }
    }
}
