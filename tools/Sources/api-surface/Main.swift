import ArgumentParser
import Foundation

@main
struct Main: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "api-surface", abstract: "Prints the declarations of symbol graphs, a line each, in order.")

    @Argument(help: "Symbol graphs, as `swift package dump-symbol-graph` writes them.")
    var graphs: [String]

    func run() throws {
        var lines: Set<String> = []
        for graph in graphs {
            let data = try Data(contentsOf: URL(filePath: graph))
            lines.formUnion(try JSONDecoder().decode(SymbolGraph.self, from: data).symbols.map(\.line))
        }
        print(lines.sorted().joined(separator: "\n"))
    }
}
