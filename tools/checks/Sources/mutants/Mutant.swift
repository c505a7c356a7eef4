/// One way to break the code, and the tests that must notice it.
package struct Mutant: Equatable {
    package var name: String
    package var file = ""
    package var suite = ""
    /// True if it is one of the few that the check `mutants` tries.
    package var isQuick = false
    /// The lines that are looked for, without their indentation.
    package var old: [String] = []
    /// The lines that are put in their place.
    package var new: [String] = []

    /// Returns a file's text, broken.
    package func apply(to text: String) throws(Failure) -> String {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        let plain = lines.map(Self.withoutIndentation)
        let places = lines.indices.filter { plain[$0...].starts(with: old) }
        guard places.count == 1 else {
            let missing = old.first { !plain.contains($0) }.map { "\n  not there: \($0)" } ?? ""
            throw Failure("its lines stand in \(file) \(places.count) times, not once\(missing)")
        }
        lines.replaceSubrange(places[0]..<places[0] + old.count, with: new)
        return lines.joined(separator: "\n")
    }

    /// Reads a list of mutants, in the form that `mutants.txt` explains at its top.
    package static func read(_ text: String) throws(Failure) -> [Mutant] {
        var mutants: [Mutant] = []
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            guard !line.isEmpty, !line.hasPrefix("#") else { continue }
            func wrong(_ what: String) -> Failure { Failure("line \(index + 1): \(what): \(line)") }
            if let name = value(of: "mutant", in: line) {
                if mutants.contains(where: { $0.name == name }) { throw wrong("this name is taken") }
                mutants.append(Mutant(name: name))
                continue
            }
            guard let last = mutants.indices.last else { throw wrong("there is no mutant yet") }
            if let file = value(of: "file", in: line) {
                mutants[last].file = file
            } else if let suite = value(of: "noticed by", in: line) {
                mutants[last].suite = suite
            } else if line == "quick" {
                mutants[last].isQuick = true
            } else if line.hasPrefix("  ") || line.hasPrefix("- ") {
                mutants[last].old.append(withoutIndentation(line.dropFirst(2)))
                if line.hasPrefix("  ") { mutants[last].new.append(String(line.dropFirst(2))) }
            } else if line.hasPrefix("+ ") {
                mutants[last].new.append(String(line.dropFirst(2)))
            } else {
                throw wrong("neither a key nor a line of code")
            }
        }
        for mutant in mutants where mutant.file.isEmpty || mutant.suite.isEmpty || mutant.old.isEmpty {
            throw Failure("\(mutant.name): it names no file, no tests or no lines")
        }
        return mutants
    }

    private static func value(of key: String, in line: Substring) -> String? {
        line.hasPrefix("\(key): ") ? String(line.dropFirst(key.count + 2)) : nil
    }

    private static func withoutIndentation(_ line: some StringProtocol) -> String {
        String(line.drop { $0 == " " })
    }
}
