#if !hasFeature(Embedded)
import CLinux
import Synchronization

/// A value that one thread gives another, which blocks until it comes.
package final class Handover<Value: Sendable>: Sendable {
    private let value = Mutex<Value?>(nil)
    private let arrival: Int32

    package init() {
        arrival = eventfd(0, clinux_eventfd_flags)
        precondition(arrival >= 0, "no descriptor to wait on")
    }

    deinit { close(arrival) }

    /// Gives the value; once.
    package func put(_ value: Value) {
        self.value.withLock { $0 = value }
        var one: UInt64 = 1
        _ = write(arrival, &one, 8)
    }

    /// Blocks until the value is there.
    ///
    /// - Parameter limit: the longest wait; nil waits for ever.
    /// - Returns: nil when the limit has passed.
    package func take(within limit: Duration?) -> Value? {
        while !BlockingPoll.wait(arrival, for: .read, timeout: limit ?? .seconds(86_400)) {
            if limit != nil { return nil }
        }
        return value.withLock { $0 }
    }
}
#endif
