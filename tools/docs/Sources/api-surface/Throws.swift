extension SymbolGraph {
    /// The symbols that throw and whose comment has no `- Throws:` entry: `MODULE symbol (file)` each.
    ///
    /// A member without a comment of its own, which fulfils another module's requirement, is documented there.
    package var silentThrows: [String] {
        let fulfilling = Set(relationships.filter { $0.sourceOrigin != nil }.map(\.source))
        return symbols.filter { symbol in
            let hasOwnComment = symbol.docComment?.module == module.name
            return symbol.canThrow && !symbol.saysWhatItThrows
                && (hasOwnComment || !fulfilling.contains(symbol.identifier.precise))
        }.map { "\(module.name) \($0.pathComponents.joined(separator: ".")) (\($0.file))" }
    }
}

extension SymbolGraph.Symbol {
    /// True if a call, or reading the property, can throw. With `rethrows` the errors are the closure's alone.
    var canThrow: Bool {
        // A `throws` in parentheses belongs to a parameter's type, one behind the arrow to the result's.
        let outer = declaration.outsideParentheses
        if kind.identifier.hasSuffix("property") || kind.identifier.hasSuffix("subscript") {
            return outer.drop { $0 != "{" }.contains("throws")
        }
        guard
            kind.identifier.contains("func") || kind.identifier.hasSuffix("method") || kind.identifier.hasSuffix("init")
        else { return false }
        return outer.prefix { $0 != "->" }.contains("throws")
    }

    var saysWhatItThrows: Bool {
        let entry = "- throws: "
        return (docComment?.lines ?? []).contains { line in
            let text = line.text.drop(while: \.isWhitespace)
            return text.lowercased().hasPrefix(entry) && text.dropFirst(entry.count).contains { !$0.isWhitespace }
        }
    }

    /// The path of the source from its folder `Sources` on.
    var file: Substring {
        let path = location?.uri ?? "?"
        return path.ranges(of: "/Sources/").last.map { path[$0.lowerBound...].dropFirst() } ?? path[...]
    }
}

extension String {
    /// The words that stand in no parentheses or brackets.
    fileprivate var outsideParentheses: [Substring] {
        var depth = 0
        let outer = String(
            map { character in
                switch character {
                case "(", "[": depth += 1
                case ")", "]": depth -= 1
                default: return depth == 0 ? character : " "
                }
                return " "
            })
        return outer.split(separator: " ")
    }
}
