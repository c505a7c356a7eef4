import CLinux

/// An open file descriptor and the duty to close it: noncopyable, closed when it goes out of scope.
public struct FileDescriptor: ~Copyable, Sendable {
    /// The number the kernel knows it by.
    public private(set) var rawValue: Int32

    /// Takes over an open descriptor that nobody else will close.
    public init(rawValue: Int32) { self.rawValue = rawValue }

    deinit {
        // EBADF means that somebody else closed a descriptor of ours, perhaps one that was opened anew since.
        if rawValue >= 0, CLinux.close(rawValue) == -1 {
            precondition(Errno.current != .badFileDescriptor, "closed a descriptor that was not open")
        }
    }

    /// A counter that wakes whoever watches it when somebody writes to it (eventfd(2)).
    ///
    /// - Throws: the ``Errno`` of eventfd(2), such as ``Errno/tooManyFiles``.
    package static func makeEvent() throws(Errno) -> FileDescriptor {
        FileDescriptor(rawValue: try uninterrupted { () in eventfd(0, clinux_eventfd_flags) })
    }

    /// Wakes whoever watches a counter of ``makeEvent()``; false if that cannot be.
    package func ring() -> Bool {
        var one: UInt64 = 1
        let number = rawValue
        if case .success = attempt({ CLinux.write(number, &one, 8) }) { return true }
        return false
    }

    /// Closes the descriptor now.
    public consuming func close() {}

    /// Gives the number away together with the duty to close it.
    public consuming func release() -> Int32 {
        // Assigning a new value to `self` would end the old one, and so close it; changing the number does not.
        let number = rawValue
        rawValue = -1
        return number
    }

    /// Reads once into `room`.
    ///
    /// - Returns: the number of bytes read, that nothing is there yet, or that the writer has ended.
    /// - Throws: any other ``Errno`` of read(2), such as ``Errno/connectionReset``.
    public func read(into room: UnsafeMutableRawBufferPointer) throws(Errno) -> IOResult {
        let descriptor = rawValue
        return try .read({ CLinux.read(descriptor, room.baseAddress, room.count) }, into: room)
    }

    /// Writes once from `bytes`, perhaps only the first part of them.
    ///
    /// A socket whose reader is gone answers ``Errno/brokenPipe`` and raises no SIGPIPE only when written to through
    /// ``Socket/write(_:)``.
    ///
    /// - Returns: the number of bytes written, or that nothing can be taken now.
    /// - Throws: any other ``Errno`` of write(2).
    public func write(_ bytes: ByteView) throws(Errno) -> IOResult {
        let descriptor = rawValue
        switch attempt({ CLinux.write(descriptor, bytes.start, bytes.count) }) {
        case .success(let count): return .bytes(count)
        case .failure(let error): return try .wouldBlock(error)
        }
    }
}

/// The result of one read or write.
public enum IOResult: Equatable, Sendable {
    /// So many bytes were moved.
    case bytes(Int)
    /// None can be moved now (`EAGAIN`): wait for the event.
    case wouldBlock
    /// The peer will send no more.
    case endOfStream

    /// The result of a call that reads into `room`.
    static func read(_ call: () -> Int, into room: UnsafeMutableRawBufferPointer) throws(Errno) -> IOResult {
        switch attempt(call) {
        case .success(let count): return count == 0 && room.count > 0 ? .endOfStream : .bytes(count)
        case .failure(let error): return try .wouldBlock(error)
        }
    }

    /// ``wouldBlock`` for the error that says so; throws any other.
    static func wouldBlock(_ error: Errno) throws(Errno) -> IOResult {
        guard error == .wouldBlock else { throw error }
        return .wouldBlock
    }
}
