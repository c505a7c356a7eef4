import Foundation

/// A folder of a test's own, which goes with this object.
package final class TemporaryFolder {
    package let path = FileManager.default.temporaryDirectory.path + "/postinvoke-\(UUID().uuidString)"

    package init() throws {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// The path of a file in it.
    package func path(of name: String) -> String { "\(path)/\(name)" }

    /// Makes a file, or replaces it; returns its path.
    @discardableResult
    package func write(_ text: String, to name: String) throws -> String {
        try text.write(toFile: path(of: name), atomically: true, encoding: .utf8)
        return path(of: name)
    }

    /// The text of a file; nil where there is none.
    package func text(of name: String) -> String? { try? String(contentsOfFile: path(of: name), encoding: .utf8) }
}
