/// A point on a clock that only goes forward; what its zero means is the business of whoever runs the environment.
///
/// It is public for the fuzzer: a testable import shows no operators of another package.
public struct Moment: Comparable, Hashable, Sendable {
    /// Nanoseconds since the clock's zero.
    public var nanoseconds: Int64

    /// The moment `nanoseconds` after the clock's zero.
    public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

    /// The clock's zero.
    public static var zero: Moment { Moment(nanoseconds: 0) }

    /// Returns true if `left` is the earlier one.
    public static func < (left: Moment, right: Moment) -> Bool { left.nanoseconds < right.nanoseconds }

    /// The moment a duration later.
    public static func + (moment: Moment, duration: Duration) -> Moment {
        Moment(nanoseconds: moment.nanoseconds + duration.nanoseconds)
    }

    /// The time from `right` to `left`.
    public static func - (left: Moment, right: Moment) -> Duration {
        .nanoseconds(left.nanoseconds - right.nanoseconds)
    }
}

extension Duration {
    /// Whole nanoseconds, rounded towards zero.
    public var nanoseconds: Int64 {
        components.seconds * 1_000_000_000 + components.attoseconds / 1_000_000_000
    }

    /// Milliseconds and their fraction.
    public var milliseconds: Double { Double(nanoseconds) / 1_000_000 }
}
