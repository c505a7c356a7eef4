import Foundation
import Testing
import api_surface

@Suite struct LinesTests {
    /// A module's additions to another one's type are on record, the extension that holds them is not.
    @Test func anExtensionIsNoDeclaration() throws {
        let kinds = [("extension", ["Buffer"], "extension Buffer"), ("method", ["Buffer", "append"], "func append()")]
        let symbols = kinds.map { kind, path, declaration in
            [
                "kind": ["identifier": "swift.\(kind)"], "identifier": ["precise": "s:\(kind)"],
                "pathComponents": path, "declarationFragments": [["spelling": declaration]],
            ] as [String: Any]
        }
        let graph: [String: Any] = ["module": ["name": "JSON"], "symbols": symbols, "relationships": [Any]()]
        let read = try JSONDecoder().decode(SymbolGraph.self, from: JSONSerialization.data(withJSONObject: graph))
        #expect(read.lines == ["Buffer: func append()"])
    }
}
