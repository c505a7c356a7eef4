/// What is read of a symbol graph, the compiler's JSON description of a module's interface.
struct SymbolGraph: Decodable {
    var symbols: [Symbol]

    struct Symbol: Decodable {
        var pathComponents: [String]
        var declarationFragments: [Fragment]?
    }

    struct Fragment: Decodable {
        var spelling: String
    }
}

extension SymbolGraph.Symbol {
    /// The declaration behind the place it stands at: `EventLoop: func stop()`.
    var line: String {
        let declaration = (declarationFragments ?? []).map(\.spelling).joined()
            .split(whereSeparator: \.isWhitespace).joined(separator: " ")
        let place = pathComponents.dropLast().joined(separator: ".")
        return place.isEmpty ? declaration : "\(place): \(declaration)"
    }
}
