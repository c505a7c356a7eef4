import CLinux
import Hold
import Reactor

/// The function's end of a ``DonePage``, which the extension passed over a session's connection.
struct SessionPage: ~Copyable {
    private var page: DonePage
    private let bell: FileDescriptor
    /// The number of the process that it was passed to, in memory that a forked process finds wiped: that one has the page as well,
    /// and must not write into it.
    private let mark: UnsafeMutablePointer<UInt64>
    private let owner: UInt64

    /// Nil where the memory is none to rely upon, or this process cannot tell itself from those forked from it.
    init?(file: borrowing FileDescriptor, bell: consuming FileDescriptor) {
        guard SharedMemory.isReliable(file), let memory = try? SharedMemory(mapping: file), let mark = processMark
        else { return nil }
        page = DonePage(memory)
        self.bell = bell
        self.mark = mark
        owner = UInt64(getpid())
        clinux_store(mark, owner)
    }

    /// True in a process that was forked from the one that the page was passed to.
    var isInherited: Bool { clinux_load(mark) != owner }

    /// True if the extension has taken what was written last.
    var isFree: Bool { page.isFree }

    /// Tells the extension, while ``isFree``: one system call.
    ///
    /// - Returns: false if that cannot be said here.
    mutating func write(_ requestID: String) -> Bool {
        requestID.withByteView { page.write($0.rawBuffer) } && bell.ring()
    }
}

/// Memory that tells a process from those forked from it, without a call of the kernel's: they find it full of zeros
/// (`MADV_WIPEONFORK`, madvise(2)). Nil if the kernel knows no such memory.
nonisolated(unsafe) private let processMark: UnsafeMutablePointer<UInt64>? = {
    let size = Int(getpagesize())
    let start = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    guard let start, start != UnsafeMutableRawPointer(bitPattern: -1),
        madvise(start, size, clinux_wipe_on_fork) == 0
    else { return nil }
    return start.assumingMemoryBound(to: UInt64.self)
}()
