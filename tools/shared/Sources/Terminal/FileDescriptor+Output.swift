import Glibc
import Reactor

extension FileDescriptor {
    /// Creates a file to write to, or empties the one that is there.
    ///
    /// - Throws: what open(2) says.
    package static func create(_ path: String) throws(Errno) -> FileDescriptor {
        let number = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard number >= 0 else { throw Errno(rawValue: errno) }
        return FileDescriptor(rawValue: number)
    }

    /// Writes all of a text to a file.
    ///
    /// - Throws: what write(2) says, such as `ENOSPC`.
    package func writeAll(_ text: String) throws(Errno) {
        var buffer = Buffer()
        text.withByteView { buffer.append($0) }
        while !buffer.isEmpty, case .bytes(let count) = try write(buffer.readable) { buffer.consume(count) }
    }
}
