import Foundation
import Terminal

/// Tries mutants, one after another: while the tests of one run, the next is built.
struct Trial {
    let tree: MutantTree
    let steps: Int
    let count: Int
    let bar = ProgressBar()
    var triedCount = 0
    var noticedCount = 0

    /// Returns true if all were noticed.
    mutating func run(_ mutants: [Mutant]) throws -> Bool {
        show("the code as it is")
        if let fault = try tree.build() { throw Failure("The code as it is does not compile: \(fault)") }
        for suite in Set(mutants.map(\.suite)).sorted() {
            let (code, output) = try tree.startTests(of: suite, steps: steps).wait()
            guard code == 0 else { throw Failure("\(suite) fails with the code as it is:\n\(output.suffix(2_000))") }
        }
        var tested: (mutant: Mutant, tests: Run)?
        for mutant in mutants {
            show(mutant.name)
            let text = try tree.text(of: mutant.file)
            try tree.write(mutant.apply(to: text), to: mutant.file)
            let fault = try tree.build()
            try tree.write(text, to: mutant.file)
            if let tested { judge(tested.mutant, tested.tests.wait()) }
            tested = fault == nil ? (mutant, try tree.startTests(of: mutant.suite, steps: steps)) : nil
            if let fault { report(mutant, isNoticed: false, "it does not compile: \(fault)") }
        }
        if let tested { judge(tested.mutant, tested.tests.wait()) }
        bar.clear()
        say("\(noticedCount) of \(count) mutants were noticed")
        return noticedCount == count
    }

    private mutating func judge(_ mutant: Mutant, _ end: (code: Int32, output: String)) {
        // The tests' own words stand behind an arrow, or behind their cross.
        let lines = end.output.split(separator: "\n")
        let words = lines.first { line in
            line.hasPrefix("↳ ") && !["///", "Testing Library", "Target Platform"].contains { line.contains($0) }
        }
        let complaint = (words ?? lines.first { $0.hasPrefix("✘ ") })?.dropFirst(2) ?? "it ends with \(end.code)"
        switch end.code {
        case 0: report(mutant, isNoticed: false, "\(mutant.suite) passes")
        case 124: report(mutant, isNoticed: true, "it hangs")
        default: report(mutant, isNoticed: true, String(complaint))
        }
    }

    private mutating func report(_ mutant: Mutant, isNoticed: Bool, _ words: String) {
        triedCount += 1
        if isNoticed { noticedCount += 1 }
        bar.clear()
        say("\(triedCount)/\(count) \(isNoticed ? "noticed" : "NOT NOTICED"): \(mutant.name): \(words)")
    }

    /// Prints a line at once, also into a pipe.
    private func say(_ line: String) { FileHandle.standardOutput.write(Data((line + "\n").utf8)) }

    /// Shows what is going on, and the part that is done.
    private func show(_ what: String) {
        bar.show("\(triedCount)/\(count)  \(what)", share: Double(triedCount) / Double(count))
    }
}
