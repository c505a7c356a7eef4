import Foundation

/// A site of documentation in a folder.
struct Site {
    let folder: URL

    /// Its pages, each by its path.
    func pages() -> Set<String> {
        let files = FileManager.default.enumerator(atPath: folder.path) ?? .init()
        return files.reduce(into: []) { pages, file in
            guard let name = file as? String, name.hasSuffix("/index.html") else { return }
            pages.insert("/" + name.dropLast("/index.html".count))
        }
    }

    /// The pages that the sidebar lists, which draws only what is in sight.
    func sidebar() throws -> [String] {
        struct Index: Decodable { var interfaceLanguages: [String: [Node]] }
        struct Node: Decodable {
            var path: String?
            var children: [Node]?
            var paths: [String] { (path.map { [$0] } ?? []) + (children ?? []).flatMap(\.paths) }
        }
        let data = try Data(contentsOf: folder.appending(path: "index/index.json"))
        return try JSONDecoder().decode(Index.self, from: data).interfaceLanguages.values.flatMap {
            $0.flatMap(\.paths)
        }
    }
}
