/// The part of a symbol graph that is read here; a graph is the compiler's JSON description of a module's interface.
package struct SymbolGraph: Decodable {
    var module: Module
    package var symbols: [Symbol]
    var relationships: [Relationship]

    struct Module: Decodable {
        var name: String
    }

    package struct Symbol: Decodable {
        var kind: Kind
        var identifier: Identifier
        package var pathComponents: [String]
        var declarationFragments: [Fragment]?
        var docComment: Comment?
        var location: Location?
    }

    struct Kind: Decodable {
        var identifier: String
    }

    struct Identifier: Decodable {
        var precise: String
    }

    struct Fragment: Decodable {
        var spelling: String
    }

    /// A comment, and the module it was written in: a member without a comment has that of the requirement it fulfils.
    struct Comment: Decodable {
        var module: String?
        var lines: [Line]
    }

    struct Line: Decodable {
        var text: String
    }

    struct Location: Decodable {
        var uri: String
    }

    struct Relationship: Decodable {
        var source: String
        var sourceOrigin: Origin?
    }

    /// The requirement or overridden member that a member stands for.
    struct Origin: Decodable {
        var identifier: String
    }
}

extension SymbolGraph {
    /// Its declarations, without the extensions that hold some of them.
    package var lines: [String] { symbols.filter { $0.kind.identifier != "swift.extension" }.map(\.line) }
}

extension SymbolGraph.Symbol {
    package var declaration: String {
        (declarationFragments ?? []).map(\.spelling).joined().split(whereSeparator: \.isWhitespace).joined(
            separator: " ")
    }

    /// The declaration behind the place it stands at: `EventLoop: func stop()`.
    package var line: String {
        let place = pathComponents.dropLast().joined(separator: ".")
        return place.isEmpty ? declaration : "\(place): \(declaration)"
    }
}
