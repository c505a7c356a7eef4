import Foundation
import Processes

/// A library of C that gets between a process and its C library (ld.so(8), `LD_PRELOAD`), compiled when a test wants it.
public final class PreloadedLibrary {
    /// True if there is a compiler, such as the one that comes with Swift.
    public static let canBeBuilt: Bool = compiler != nil
    private static let compiler = ["cc", "clang", "gcc"].first { findProgram($0) != nil }

    /// A folder of the library's own, which goes with it.
    public let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    /// The value of `LD_PRELOAD`.
    public var path: String { folder.appendingPathComponent("preloaded.so").path }

    /// Compiles a file, given by its path from the `tools` folder; macros are defined as they are on a compiler's command line.
    public init(_ source: String, macros: [String: String] = [:]) throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let command =
            [Self.compiler ?? "cc", "-shared", "-fPIC", "-O1", "-Wall", "-Werror", "-o", path]
            + macros.map { "-D\($0.key)=\($0.value)" } + [Self.tools.appendingPathComponent(source).path]
        guard try exitCode(of: command) == 0 else { throw DoesNotCompile(source: source) }
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    /// The compiler has said why.
    public struct DoesNotCompile: Error {
        /// The file, as it was named.
        public let source: String
    }

    private static let tools = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
}
