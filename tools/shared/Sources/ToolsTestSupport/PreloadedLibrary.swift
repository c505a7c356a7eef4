import Foundation
import Processes

/// A library of C that gets between a process and its C library (ld.so(8), `LD_PRELOAD`), compiled when a test wants it.
package final class PreloadedLibrary {
    /// True if there is a compiler, such as the one that comes with Swift.
    package static let canBeBuilt: Bool = compiler != nil
    private static let compiler = ["cc", "clang", "gcc"].first { findProgram($0) != nil }

    /// A folder of the library's own, which goes with it.
    package let folder: TemporaryFolder
    /// The value of `LD_PRELOAD`.
    package var path: String { folder.path(of: "preloaded.so") }

    /// Compiles a file, given by its path from the `tools` folder; macros are defined as they are on a compiler's command line.
    package init(_ source: String, macros: [String: String] = [:]) throws {
        folder = try TemporaryFolder()
        let command =
            [Self.compiler ?? "cc", "-shared", "-fPIC", "-O1", "-Wall", "-Werror", "-o", path]
            + macros.map { "-D\($0.key)=\($0.value)" } + [Self.tools.appendingPathComponent(source).path]
        guard try exitCode(of: command) == 0 else { throw DoesNotCompile(source: source) }
    }

    /// The compiler has said why.
    package struct DoesNotCompile: Error {
        /// The file, as it was named.
        package let source: String
    }

    private static let tools = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
}
