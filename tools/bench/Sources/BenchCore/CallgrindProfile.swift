/// The counts of callgrind, function by function, from the file that it leaves ("Callgrind Format Specification").
package struct CallgrindProfile {
    /// The instructions of each function's own, without those it called; a function that calls itself counts once.
    package private(set) var instructions: [String: Int] = [:]

    /// The instructions of all functions.
    package var total: Int { instructions.values.reduce(0, +) }

    /// Reads a profile of one event; lines without a cost are skipped.
    package init(_ text: String) {
        var names: [Substring: String] = [:]
        var function = ""
        var isOfCall = false
        for line in text.split(separator: "\n") {
            if let name = line.suffix(after: "fn=") {
                function = Self.resolve(name, &names)
            } else if let name = line.suffix(after: "cfn=") {
                _ = Self.resolve(name, &names)
            } else if line.hasPrefix("calls=") {
                // The cost on the next line was spent in the function that was called.
                isOfCall = true
            } else if let first = line.first, first.isNumber || "+-*".contains(first) {
                let cost = line.split(separator: " ").last.flatMap { Int($0) } ?? 0
                if !isOfCall { instructions[function, default: 0] += cost }
                isOfCall = false
            }
        }
    }

    /// The functions that took at least one instruction a cycle, with how many they took: this profile is of so many cycles more
    /// than the other.
    package func perCycle(since shorter: CallgrindProfile, cycles: Int) -> [String: Int] {
        var found: [String: Int] = [:]
        for (name, count) in instructions {
            let each = (count - shorter.instructions[name, default: 0]) / cycles
            if each > 0 { found[name] = each }
        }
        return found
    }

    /// A name stands as `(number) name` where it is first used, then as `(number)`; `'2` behind it says how deep a
    /// function has called itself.
    private static func resolve(_ text: Substring, _ names: inout [Substring: String]) -> String {
        guard let end = text.firstIndex(of: ")") else { return String(text) }
        let number = text[...end]
        let name = text[text.index(after: end)...].drop { $0 == " " }
        if !name.isEmpty { names[number] = String(name.prefix { $0 != "'" }) }
        return names[number] ?? String(number)
    }
}

extension Substring {
    fileprivate func suffix(after prefix: String) -> Substring? { hasPrefix(prefix) ? dropFirst(prefix.count) : nil }
}
