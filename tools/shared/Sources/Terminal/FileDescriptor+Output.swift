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

    /// Another descriptor of what a number stands for.
    ///
    /// - Throws: what fcntl(2) says, such as `EBADF`.
    package static func duplicate(of number: Int32) throws(Errno) -> FileDescriptor {
        let copy = fcntl(number, F_DUPFD_CLOEXEC, 0)
        guard copy >= 0 else { throw Errno(rawValue: errno) }
        return FileDescriptor(rawValue: copy)
    }

    /// Writes all of a text to a file.
    ///
    /// - Throws: what write(2) says, such as `ENOSPC`.
    package func writeAll(_ text: String) throws(Errno) {
        var buffer = Buffer()
        text.withByteView { buffer.append($0) }
        while !buffer.isEmpty {
            if case .bytes(let count) = try write(buffer.readable) {
                buffer.consume(count)
            } else {
                var ready = pollfd(fd: rawValue, events: Int16(POLLOUT), revents: 0)
                poll(&ready, 1, -1)
            }
        }
    }
}
