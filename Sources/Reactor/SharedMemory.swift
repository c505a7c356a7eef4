import CLinux

/// A piece of memory that two processes see, of a size that neither can change: a sealed file without a name
/// (memfd_create(2)), mapped.
///
/// Each word may change at any instant, as the other process writes it. So it is reached by ``load(_:)`` and its kin alone, and is
/// copied before it is judged.
package final class SharedMemory: @unchecked Sendable {
    private let start: UnsafeMutablePointer<UInt64>

    /// The number of its words. They are fewer than a page has, which is what the kernel maps.
    package static var wordCount: Int { 64 }
    private static var byteCount: Int { wordCount * 8 }

    deinit { munmap(start, Self.byteCount) }

    /// Makes a file of zeros that can be mapped, here and by whichever process it is passed to.
    ///
    /// - Throws: the ``Errno`` of memfd_create(2), write(2) or fcntl(2): ``Errno/tooManyFiles``, ``Errno/noMemory``, and
    ///   whatever a process is refused that may not make such files.
    package static func makeFile() throws(Errno) -> FileDescriptor {
        let number = try uninterrupted { () in memfd_create("postinvoke", clinux_memfd_flags) }
        let file = FileDescriptor(rawValue: number)
        // Written rather than only made so long: the memory is there then, and no access to it can fail.
        let written = withUnsafeTemporaryAllocation(of: UInt64.self, capacity: wordCount) { zeros in
            zeros.initialize(repeating: 0)
            return attempt { write(number, zeros.baseAddress, byteCount) }
        }
        guard try written.get() == byteCount else { throw .noMemory }
        _ = try uninterrupted { () in clinux_fcntl(number, clinux_add_seals, clinux_size_seals) }
        return file
    }

    /// Maps a file.
    ///
    /// - Throws: the ``Errno`` of mmap(2).
    package init(mapping file: borrowing FileDescriptor) throws(Errno) {
        let mapped = mmap(nil, Self.byteCount, PROT_READ | PROT_WRITE, MAP_SHARED, file.rawValue, 0)
        guard let mapped, mapped != UnsafeMutableRawPointer(bitPattern: -1) else { throw .current }
        start = mapped.assumingMemoryBound(to: UInt64.self)
    }

    private func place(_ index: Int) -> UnsafeMutablePointer<UInt64> {
        precondition(UInt(bitPattern: index) < UInt(bitPattern: Self.wordCount), "no such word")
        return start + index
    }

    /// A word, as it is now.
    package func load(_ index: Int) -> UInt64 { clinux_load(place(index)) }
    /// A word, and whatever was written before it by ``storeReleasing(_:_:)``.
    package func loadAcquiring(_ index: Int) -> UInt64 { clinux_load_acquiring(place(index)) }
    /// Writes a word.
    package func store(_ index: Int, _ value: UInt64) { clinux_store(place(index), value) }
    /// Writes a word, behind everything that was written before.
    package func storeReleasing(_ index: Int, _ value: UInt64) { clinux_store_releasing(place(index), value) }
}

extension SharedMemory {
    /// Returns true if a file that another process has made can be relied upon: it has the size, and is sealed, so that nobody can
    /// take it away.
    package static func isReliable(_ file: borrowing FileDescriptor) -> Bool {
        let seals = clinux_fcntl(file.rawValue, clinux_get_seals, 0)
        var status = stat()
        return seals >= 0 && seals & clinux_size_seals == clinux_size_seals
            && fstat(file.rawValue, &status) == 0 && status.st_size >= byteCount
    }
}
