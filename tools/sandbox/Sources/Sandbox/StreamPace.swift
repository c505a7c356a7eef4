import Reactor

/// The pace of a streamed response: its first 6 MiB as fast as they come, the rest at 2 MiB a second ("Bandwidth limits for
/// response streaming").
package struct StreamPace: Sendable {
    package static let burst = 6 * 1024 * 1024
    package static let bytesPerSecond = 2 * 1024 * 1024
    /// A call that comes late is made up for, up to this much.
    private static let slack = Duration.milliseconds(100)

    private var count = 0
    private var due: Instant?

    package init() {}

    /// Takes note of bytes that have come.
    ///
    /// - Returns: when more may come; nil for at once.
    package mutating func take(_ bytes: Int, at now: Instant) -> Instant? {
        let slow = min(bytes, count + bytes - Self.burst)
        count += bytes
        guard slow > 0 else { return nil }
        let start = max(due ?? now, now + (.zero - Self.slack))
        due = start + .nanoseconds(Int64(slow) * 1_000_000_000 / Int64(Self.bytesPerSecond))
        return due
    }
}
