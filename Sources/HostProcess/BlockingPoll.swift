import CLinux
import Reactor

/// Waiting on one descriptor by poll(2), for short calls that block their thread.
package enum BlockingPoll {
    /// The readiness that is waited for.
    package enum Direction {
        case read, write
    }

    /// Blocks until the descriptor is ready, has failed or hung up, or `timeout` has passed.
    ///
    /// The kernel looks at the descriptor once more after the timeout: what arrived while the environment was frozen is
    /// found, however long that was.
    ///
    /// - Returns: whether it is ready; false means that time ran out.
    package static func wait(_ descriptor: Int32, for direction: Direction, timeout: Duration) -> Bool {
        let limit = Instant.now + timeout
        while true {
            let left = max(0, limit.nanoseconds - Instant.now.nanoseconds)
            var entry = pollfd(fd: descriptor, events: Int16(direction == .read ? POLLIN : POLLOUT), revents: 0)
            // Whole milliseconds, rounded up: rounded down, the last one would be spent spinning.
            let count = poll(&entry, 1, Int32(clamping: left / 1_000_000 + (left % 1_000_000 > 0 ? 1 : 0)))
            if count > 0 { return true }
            if count == 0 { return false }
            precondition(clinux_errno() == EINTR, "poll of a bad descriptor")
        }
    }
}
