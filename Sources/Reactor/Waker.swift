import CLinux

/// Wakes a loop from any thread: an eventfd(2) that the loop watches.
///
/// Wakes that come before the loop has run are taken together as one.
public final class Waker: Sendable {
    let descriptor: FileDescriptor

    init() throws(Errno) {
        descriptor = try FileDescriptor.makeEvent()
    }

    /// Makes the loop call its ``EventLoop/onWake`` handler soon. May be called from any thread and from a signal
    /// handler: it is one write(2).
    public func wake() {
        // A signal handler must leave errno as it was.
        let errno = clinux_errno()
        defer { clinux_set_errno(errno) }
        // The only failure a nonblocking eventfd has, EAGAIN, means that a wake is already on its way.
        _ = descriptor.ring()
    }

    func drain() {
        var count: UInt64 = 0
        let number = descriptor.rawValue
        _ = attempt { read(number, &count, 8) }
    }
}
