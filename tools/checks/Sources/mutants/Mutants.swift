import ArgumentParser
import Foundation
import Version

@main struct Mutants: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Breaks the code on purpose, in one way after the other, and sees whether the tests notice.",
        discussion: """
            Fails when a mutant is not noticed, and when the code that one is meant to break has changed: then write it \
            anew in tools/checks/mutants.txt. Works on a copy, in .build-mutants.
            """,
        version: "mutants \(postinvokeVersion)")

    @Flag(help: "All of them, not only the quick ones.")
    var all = false

    @Flag(help: "Print their names only.")
    var list = false

    @Option(help: "The steps for which each broken build is simulated.")
    var steps = 300_000

    @Argument(help: "Only those whose name contains one of these words.")
    var words: [String] = []

    func run() throws {
        let mutants = try Mutant.read(String(contentsOfFile: "tools/checks/mutants.txt", encoding: .utf8))
        let chosen = mutants.filter { mutant in
            words.isEmpty ? all || mutant.isQuick : words.contains { mutant.name.contains($0) }
        }
        guard !chosen.isEmpty else { throw ValidationError("No mutant's name has such a word; see --all --list.") }
        if list { return chosen.forEach { print($0.name) } }
        let tree = try MutantTree(of: FileManager.default.currentDirectoryPath, suites: Set(chosen.map(\.suite)))
        // All of the list, so that whoever changes the code hears of it at once.
        let stale = mutants.compactMap { mutant -> String? in
            do {
                _ = try mutant.apply(to: tree.text(of: mutant.file))
                return nil
            } catch { return "\(mutant.name): \(error)" }
        }
        guard stale.isEmpty else { throw Failure(stale.joined(separator: "\n")) }
        var trial = Trial(tree: tree, steps: steps, count: chosen.count)
        guard try trial.run(chosen) else { throw ExitCode.failure }
    }
}

/// An error that says what was wrong.
package struct Failure: Error, Equatable, CustomStringConvertible {
    package let description: String

    package init(_ description: String) { self.description = description }
}
