import ArgumentParser
import Foundation
import Version

@main
struct Main: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "api-surface", abstract: "Prints the declarations of symbol graphs, a line each, in order.",
        version: "api-surface \(postinvokeVersion)")

    @Flag(help: "Print instead the functions that throw and do not document it: MODULE symbol (file).")
    var silentThrows = false

    @Argument(help: "Symbol graphs, as `swift package dump-symbol-graph` writes them.")
    var graphs: [String]

    func run() throws {
        var lines: Set<String> = []
        for path in graphs {
            let data = try Data(contentsOf: URL(filePath: path))
            let graph = try JSONDecoder().decode(SymbolGraph.self, from: data)
            lines.formUnion(silentThrows ? graph.silentThrows : graph.lines)
        }
        for line in lines.sorted() { print(line) }
    }
}
