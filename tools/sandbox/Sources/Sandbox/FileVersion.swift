import Glibc

/// The identity of an executable, which tells it from the one that was at its path before.
package struct FileVersion: Equatable {
    private let device: dev_t
    private let number: ino_t
    private let size: off_t
    private let seconds: Int
    private let nanoseconds: Int

    /// Looks at a file; nil if there is none, or it is not whole: it may not be executed yet, or somebody writes it.
    package init?(of path: String) {
        var status = stat()
        guard stat(path, &status) == 0, ExecutableFault.ofKind(path) == nil, !Self.isWritten(path) else { return nil }
        (device, number, size) = (status.st_dev, status.st_ino, status.st_size)
        (seconds, nanoseconds) = (status.st_mtim.tv_sec, status.st_mtim.tv_nsec)
    }

    /// True if somebody has it open for writing, in which case execve(2) says `ETXTBSY`; as far as the file system tells.
    private static func isWritten(_ path: String) -> Bool {
        let number = open(path, O_RDONLY | O_CLOEXEC)
        guard number >= 0 else { return false }
        let file = FileDescriptor(rawValue: number)
        // A lease for reading is not to be had while there is a writer (fcntl(2)); closing gives it back.
        let setLease: Int32 = 1024
        return fcntl(file.rawValue, setLease, Int32(F_RDLCK)) == -1 && errno == EAGAIN
    }
}
