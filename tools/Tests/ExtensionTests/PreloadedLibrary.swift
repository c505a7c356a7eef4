import Foundation
import Testing

/// A library of C that gets between the extension and its C library.
final class PreloadedLibrary {
    /// Whether there is a compiler.
    static let isAvailable: Bool = compiler != nil
    private static let compiler = ["cc", "clang", "gcc"].first { name in
        (Binary.environment["PATH"] ?? "").split(separator: ":").contains { folder in
            FileManager.default.isExecutableFile(atPath: "\(folder)/\(name)")
        }
    }

    /// A folder of the library's own, which goes with it.
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    var path: String { folder.appendingPathComponent("preloaded.so").path }

    init(_ source: String) throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let file = folder.appendingPathComponent("preloaded.c")
        try source.write(to: file, atomically: true, encoding: .utf8)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [Self.compiler ?? "cc", "-shared", "-fPIC", "-O1", "-o", path, file.path]
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0, "the library does not compile")
    }

    deinit { try? FileManager.default.removeItem(at: folder) }
}
