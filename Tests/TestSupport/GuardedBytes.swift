import Bytes
import CLinux

/// Bytes whose last one is followed by a page that must not be touched: a parser that reads past its input crashes here.
public final class GuardedBytes {
    private let mapping: UnsafeMutableRawPointer
    private let size: Int
    private let length: Int

    /// A copy of `bytes` that ends at a protected page.
    public init(_ bytes: some Collection<UInt8>) {
        let page = Int(sysconf(Int32(_SC_PAGESIZE)))
        length = bytes.count
        let pages = (length + page - 1) / page
        size = (pages + 1) * page
        mapping = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        precondition(Int(bitPattern: mapping) != -1, "mmap failed")
        precondition(mprotect(mapping + pages * page, page, PROT_NONE) == 0, "mprotect failed")
        let start = mapping + pages * page - length
        UnsafeMutableRawBufferPointer(start: start, count: length).copyBytes(from: bytes)
        first = start.assumingMemoryBound(to: UInt8.self)
    }

    private let first: UnsafeMutablePointer<UInt8>

    /// The bytes, as long as this object lives: the optimizer ends its life after its last use, so say
    /// `defer { extendLifetime(bytes) }`, or use ``withView(_:)``.
    public var view: ByteView { ByteView(start: first, count: length) }

    /// One of the bytes: to change it is much cheaper than to make others.
    public subscript(_ index: Int) -> UInt8 {
        get { view[index] }
        set {
            precondition((0..<length).contains(index), "beyond the bytes")
            first[index] = newValue
        }
    }

    /// Lends the bytes for the length of `body`.
    public func withView<Result, Failure: Error>(
        _ body: (ByteView) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        defer { extendLifetime(self) }
        return try body(view)
    }

    deinit { munmap(mapping, size) }
}
