import BenchCore
import Foundation
import Processes

/// Instructions in user space, as callgrind counts them: the same number for the same executable, whatever else the
/// machine does.
enum Callgrind {
    /// Reads a profile that was left.
    static func profile(in path: String) throws -> CallgrindProfile {
        let profile = CallgrindProfile(ProcessFiles.text(path))
        guard profile.total > 0 else { throw Failure("callgrind counted nothing") }
        return profile
    }

    /// Counts the parts of a program that it has marked with calls of `markPart`, one before and one after each; and
    /// reports what it printed.
    static func parts(of command: [String]) throws -> (counts: [Int], output: String) {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("callgrind-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        // Valgrind 3.19 gives up on the debug information that newer compilers write.
        let program = folder.appendingPathComponent("program").path
        _ = try Program.output(of: [Program.find("strip"), "-g", "-o", program, command[0]], on: -1)
        let profile = folder.appendingPathComponent("profile").path
        let output = try Program.output(
            of: [
                Program.find("valgrind"), "-q", "--tool=callgrind", "--vgdb=no", "--dump-before=*markPart*",
                "--callgrind-out-file=\(profile)", program,
            ] + command.dropFirst(), on: -1)
        // The counts up to the first mark, and up to every second one after it, do not belong.
        var counts: [Int] = []
        while FileManager.default.fileExists(atPath: "\(profile).\(2 * counts.count + 2)") {
            counts.append(try self.profile(in: "\(profile).\(2 * counts.count + 2)").total)
        }
        return (counts, output)
    }
}
