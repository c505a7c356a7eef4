import Foundation
import ToolsTestSupport

/// The build of the extension that is tested.
///
/// `POSTINVOKE_EXTENSION` names it, and `POSTINVOKE_EXTENSION_RUNNER` what runs it where this machine cannot, such as
/// `qemu-aarch64-static`. Without the first, it is the product that lies beside the tests.
enum Binary {
    /// The command that runs the extension, without arguments: the runner's words, then the path.
    static let command: [String] = runner + [path]

    /// The command that runs the extension; empty for a build for this machine.
    static let runner = (environment["POSTINVOKE_EXTENSION_RUNNER"] ?? "").split(separator: " ").map(String.init)

    /// Where the extension is.
    static let path: String = {
        if let path = environment["POSTINVOKE_EXTENSION"], !path.isEmpty {
            let absolute = URL(fileURLWithPath: path).path
            guard isExecutable(absolute) else { fatalError("POSTINVOKE_EXTENSION: no executable at \(absolute)") }
            return absolute
        }
        let here = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath().deletingLastPathComponent()
        let products =
            here.pathComponents.contains { $0.hasSuffix(".xctest") } ? here.deletingLastPathComponent() : here
        let beside = products.appendingPathComponent("postinvoke").path
        guard isExecutable(beside) else {
            fatalError("no extension to test: build the product postinvoke and name it in POSTINVOKE_EXTENSION")
        }
        return beside
    }()

    /// True if it was built to be fast, which a debug build was not; SwiftPM names its folders so.
    static let isOptimized = !URL(fileURLWithPath: path).resolvingSymlinksInPath().path.contains("/debug/")

    /// True if it was built with a sanitizer, which stands before the C library, and whose memory is not the
    /// extension's.
    static let isSanitized: Bool = !(environment["POSTINVOKE_EXTENSION_SANITIZED"] ?? "").isEmpty

    /// True if it is run as it is and links the C library dynamically, so that a preloaded library gets between.
    static let takesPreloads: Bool = runner.isEmpty && !isSanitized && hasInterpreter

    /// True if it is run as it is and needs no library, as the layer's executable; what is sanitized hides behind a
    /// wrapper.
    static let isStatic: Bool = runner.isEmpty && !isSanitized && !hasInterpreter

    /// True if strace is there, can trace, and would see the extension's own calls.
    static let canBeTraced: Bool = {
        runner.isEmpty && (try? exitCode(of: ["strace", "-o", "/dev/null", "true"], isQuiet: true)) == 0
    }()

    static var environment: [String: String] { ProcessInfo.processInfo.environment }

    private static func isExecutable(_ path: String) -> Bool { FileManager.default.isExecutableFile(atPath: path) }

    /// elf(5): a program header of type PT_INTERP names the dynamic linker.
    private static var hasInterpreter: Bool {
        guard let file = FileManager.default.contents(atPath: path), file.count >= 64 else { return false }
        return file.withUnsafeBytes { bytes in
            let offset = Int(bytes.loadUnaligned(fromByteOffset: 32, as: UInt64.self))
            let size = Int(bytes.loadUnaligned(fromByteOffset: 54, as: UInt16.self))
            let count = Int(bytes.loadUnaligned(fromByteOffset: 56, as: UInt16.self))
            return (0..<count).contains { index in
                let header = offset + index * size
                return header + 4 <= bytes.count && bytes.loadUnaligned(fromByteOffset: header, as: UInt32.self) == 3
            }
        }
    }
}
