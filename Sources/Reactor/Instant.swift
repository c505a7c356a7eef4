import CLinux

/// A point on the monotonic clock, for timers: it never goes back, and it may stand still while a Lambda environment is
/// frozen.
public struct Instant: Comparable, Hashable, Sendable {
    /// Nanoseconds since an unspecified start, the machine's boot on Linux.
    public var nanoseconds: Int64

    /// The point `nanoseconds` after the clock's start.
    public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

    /// The clock's reading (`CLOCK_MONOTONIC`), without a system call where the kernel offers a vDSO.
    public static var now: Instant { Instant(nanoseconds: readClock(CLOCK_MONOTONIC)) }

    /// A point later than any clock will show.
    public static var distantFuture: Instant { Instant(nanoseconds: .max) }

    /// The point `nanoseconds` later, held within what 64 bits can say.
    public func advanced(byNanoseconds nanoseconds: Int64) -> Instant {
        let (sum, overflow) = self.nanoseconds.addingReportingOverflow(nanoseconds)
        return overflow ? Instant(nanoseconds: nanoseconds < 0 ? .min : .max) : Instant(nanoseconds: sum)
    }

    /// The point `duration` later, held within what 64 bits can say.
    public static func + (instant: Instant, duration: Duration) -> Instant {
        instant.advanced(byNanoseconds: duration.clampedNanoseconds)
    }

    /// The time from `right` to `left`.
    public static func - (left: Instant, right: Instant) -> Duration {
        .nanoseconds(left.nanoseconds - right.nanoseconds)
    }

    /// Returns true if `left` comes before `right`.
    public static func < (left: Instant, right: Instant) -> Bool { left.nanoseconds < right.nanoseconds }
}

/// The wall clock, for Lambda's deadlines: it may jump either way.
public enum WallClock {
    /// Nanoseconds since 1970 (`CLOCK_REALTIME`).
    public static var nanoseconds: Int64 { readClock(CLOCK_REALTIME) }

    /// Milliseconds since 1970, the unit of Lambda's `deadlineMs`.
    public static var milliseconds: Int64 { nanoseconds / 1_000_000 }
}

extension Duration {
    /// The duration in whole nanoseconds, held within what 64 bits can say.
    package var clampedNanoseconds: Int64 {
        // Divided by hand, 32 bits of the quotient at a time: a division of 128 bits is a large function.
        let magnitude = attoseconds.magnitude
        let low = UInt64(truncatingIfNeeded: magnitude)
        var rest = UInt64(truncatingIfNeeded: magnitude >> 64)
        let isNegative = attoseconds < 0
        // Half of the divisor and more: the quotient needs its 64th bit.
        guard rest < 500_000_000 else { return isNegative ? .min : .max }
        rest = rest << 32 | low >> 32
        let upper = rest / 1_000_000_000
        rest = (rest % 1_000_000_000) << 32 | low & 0xFFFF_FFFF
        let quotient = Int64(upper << 32 | rest / 1_000_000_000)
        return isNegative ? -quotient : quotient
    }
}

private func readClock(_ clock: Int32) -> Int64 {
    var time = timespec()
    clock_gettime(clockid_t(clock), &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
}
