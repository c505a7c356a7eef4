import Glibc

/// The content of a file in short, to tell it from another one; good within this process only.
struct FileDigest: Equatable {
    private let value: Int

    /// Reads a file; nil if there is none. What is no file, such as a folder or a link, holds nothing but its kind.
    init?(of path: String) {
        var status = stat()
        guard lstat(path, &status) == 0 else { return nil }
        var hasher = Hasher()
        hasher.combine(status.st_mode)
        if status.st_mode & S_IFMT == S_IFREG { Self.read(path) { hasher.combine(bytes: $0) } }
        value = hasher.finalize()
    }

    /// Calls `body` with the bytes of a file, as far as they can be read.
    private static func read(_ path: String, _ body: (UnsafeRawBufferPointer) -> Void) {
        let number = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW)
        guard number >= 0 else { return }
        let file = FileDescriptor(rawValue: number)
        var buffer = Buffer()
        while case .bytes(let count)? = try? file.read(into: buffer.reserve(65_536)) {
            buffer.commit(count)
            body(buffer.readable.rawBuffer)
            buffer.removeAll()
        }
    }
}
