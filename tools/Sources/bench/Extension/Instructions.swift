import ArgumentParser
import BenchCore
import CBench
import Foundation

/// Counts the instructions that a cycle takes in user space.
struct Instructions: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract:
            "Counts the instructions a cycle takes in user space, with callgrind, and compares them with the record.")

    @Option(help: "The extension that is shipped, a static executable.")
    var `extension`: String
    @Option(help: "The file with the recorded number.")
    var record: String
    @Option(help: "Where to leave the profile, for callgrind_annotate.")
    var profile: String?
    @Flag(help: "Write the number into the record instead of comparing it.")
    var update = false

    func run() throws {
        let measured = try InstructionCount.perCycle(of: self.extension, profile: profile)
        if update {
            try InstructionCount.write(measured, to: record)
            print("recorded \(measured) instructions a cycle")
            return
        }
        let recorded = try InstructionCount.recorded(in: record)
        print("\(measured) instructions a cycle, \(recorded) recorded")
        let limit = Double(recorded) * (1 + InstructionCount.tolerance)
        guard Double(measured) <= limit else {
            throw Failure(
                "a cycle takes \(measured) instructions, more than 5 % above the \(recorded) recorded; if that is meant, "
                    + "record it with tools/bench/instructions --update")
        }
    }
}
