import Foundation
import Glibc
import Reactor
import Terminal

/// A folder of a test's own, which goes with this object.
package final class TemporaryFolder {
    package let path: String

    package init() throws {
        // Short: programs put Unix sockets into it, whose paths have 107 bytes; Chromium needs 46 for its own.
        var template = Array((FileManager.default.temporaryDirectory.path + "/test.XXXXXX").utf8CString)
        let made = template.withUnsafeMutableBufferPointer { mkdtemp($0.baseAddress!).map { String(cString: $0) } }
        guard let made else { throw TestFailure("no temporary folder: \(String(cString: strerror(errno)))") }
        path = made
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// The path of a file in it.
    package func path(of name: String) -> String { "\(path)/\(name)" }

    /// Makes a file, or replaces it; returns its path.
    @discardableResult
    package func write(_ text: String, to name: String) throws -> String {
        // Not by Foundation, which opens without O_CLOEXEC: what other tests start meanwhile would keep it open for writing, and
        // the kernel executes no such file.
        let new = path(of: ".\(UUID().uuidString)")
        do {
            let file = try FileDescriptor.create(new)
            try file.writeAll(text)
        }
        guard rename(new, path(of: name)) == 0 else {
            throw TestFailure("\(path(of: name)): \(String(cString: strerror(errno)))")
        }
        return path(of: name)
    }

    /// The text of a file; nil where there is none.
    package func text(of name: String) -> String? { try? String(contentsOfFile: path(of: name), encoding: .utf8) }
}
