import Foundation
import Processes

/// The list of functions that the linker puts side by side, a name a line.
enum CycleFunctions {
    /// The part of a cycle's instructions that may be elsewhere.
    static let tolerance = 0.05

    static func names(in path: String) -> [String] {
        ProcessFiles.text(path).split(separator: "\n").filter { !$0.hasPrefix("#") }.map(String.init)
    }

    static func write(_ names: [String], to path: String) throws {
        let text = """
            # The functions that a cycle of INVOKE, /done and Next passes through: the linker puts them side by side.
            # Written by tools/bench/instructions --update, whose check tells when too many others have come.

            """
        try Data((text + names.joined(separator: "\n") + "\n").utf8).write(to: URL(fileURLWithPath: path))
    }
}
