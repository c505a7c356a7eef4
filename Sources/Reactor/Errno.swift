import CLinux

/// The number a failed system call left behind (errno(3)).
public struct Errno: Error, Equatable, Sendable {
    /// The number itself, as in `<errno.h>`.
    public let rawValue: Int32

    /// The error of a number from `<errno.h>`.
    public init(rawValue: Int32) { self.rawValue = rawValue }

    /// The error that the calling thread's last failed call left.
    package static var current: Errno { Errno(rawValue: clinux_errno()) }

    /// Operation not permitted.
    public static var notPermitted: Errno { Errno(rawValue: EPERM) }
    /// No such file or directory.
    public static var noSuchFile: Errno { Errno(rawValue: ENOENT) }
    /// Interrupted by a signal.
    public static var interrupted: Errno { Errno(rawValue: EINTR) }
    /// Nothing to be had now; the same number as `EWOULDBLOCK`.
    public static var wouldBlock: Errno { Errno(rawValue: EAGAIN) }
    /// Not a descriptor, or not open.
    public static var badFileDescriptor: Errno { Errno(rawValue: EBADF) }
    /// Out of memory.
    public static var noMemory: Errno { Errno(rawValue: ENOMEM) }
    /// Permission denied.
    public static var permissionDenied: Errno { Errno(rawValue: EACCES) }
    /// Invalid argument.
    public static var invalidArgument: Errno { Errno(rawValue: EINVAL) }
    /// Too many open files in the system.
    public static var tooManyFilesInSystem: Errno { Errno(rawValue: ENFILE) }
    /// Too many open files in this process.
    public static var tooManyFiles: Errno { Errno(rawValue: EMFILE) }
    /// The reader is gone.
    public static var brokenPipe: Errno { Errno(rawValue: EPIPE) }
    /// The path or name is too long.
    public static var nameTooLong: Errno { Errno(rawValue: ENAMETOOLONG) }
    /// The address is taken.
    public static var addressInUse: Errno { Errno(rawValue: EADDRINUSE) }
    /// No such address on this machine.
    public static var addressNotAvailable: Errno { Errno(rawValue: EADDRNOTAVAIL) }
    /// The connection was given up before it was accepted.
    public static var connectionAborted: Errno { Errno(rawValue: ECONNABORTED) }
    /// The peer reset the connection.
    public static var connectionReset: Errno { Errno(rawValue: ECONNRESET) }
    /// No buffer space.
    public static var noBufferSpace: Errno { Errno(rawValue: ENOBUFS) }
    /// Not connected.
    public static var notConnected: Errno { Errno(rawValue: ENOTCONN) }
    /// Timed out.
    public static var timedOut: Errno { Errno(rawValue: ETIMEDOUT) }
    /// Given up by the caller.
    public static var cancelled: Errno { Errno(rawValue: ECANCELED) }
    /// Nobody listens there.
    public static var connectionRefused: Errno { Errno(rawValue: ECONNREFUSED) }
    /// Under way; a nonblocking connect says so.
    public static var inProgress: Errno { Errno(rawValue: EINPROGRESS) }

    /// The system's text for the number, valid for ever; for a number it does not know, until the next such call.
    /// Embedded programs know the texts of what sockets, files and epoll can answer, and ``append(to:)`` names others.
    public var text: ByteView {
        #if hasFeature(Embedded)
        return knownText ?? "unknown error"
        #else
        guard let text = strerror(rawValue) else { return "unknown error" }
        return ByteView(start: UnsafeRawPointer(text).assumingMemoryBound(to: UInt8.self), count: strlen(text))
        #endif
    }

    /// Appends ``text``; of an error without one the number, `error 4095`.
    public func append(to buffer: inout Buffer) {
        if let knownText { return buffer.append(knownText) }
        buffer.append("error ")
        buffer.append(decimal: UInt64(rawValue.magnitude))
    }

    /// The text, if it is in the table.
    private var knownText: ByteView? { ByteView(Self.texts).line(numbered: Int(rawValue)) }

    /// The errors that calls on sockets, files and epoll can answer; libc's texts of everything else stay out of a
    /// small program.
    package static var texts: StaticString {
        """
        1 Operation not permitted
        2 No such file or directory
        4 Interrupted system call
        5 Input/output error
        9 Bad file descriptor
        11 Resource temporarily unavailable
        12 Cannot allocate memory
        13 Permission denied
        17 File exists
        20 Not a directory
        21 Is a directory
        22 Invalid argument
        23 Too many open files in system
        24 Too many open files
        28 No space left on device
        30 Read-only file system
        32 Broken pipe
        36 File name too long
        40 Too many levels of symbolic links
        71 Protocol error
        97 Address family not supported by protocol
        98 Address already in use
        99 Cannot assign requested address
        100 Network is down
        101 Network is unreachable
        103 Software caused connection abort
        104 Connection reset by peer
        105 No buffer space available
        107 Transport endpoint is not connected
        110 Connection timed out
        111 Connection refused
        113 No route to host
        115 Operation now in progress

        """
    }
}

extension Errno: CustomStringConvertible {
    /// The system's text, followed by the number: `Connection refused (errno 111)`.
    public var description: String { "\(text.string) (errno \(rawValue))" }
}
