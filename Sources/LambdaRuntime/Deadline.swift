import Reactor

extension LambdaContext {
    /// A point on the wall clock, as Lambda gives its deadlines.
    public struct Deadline: Comparable, Hashable, Sendable {
        /// Milliseconds since the beginning of 1970, UTC.
        public let millisecondsSince1970: Int64

        /// The point so many milliseconds after the beginning of 1970, UTC.
        public init(millisecondsSince1970: Int64) { self.millisecondsSince1970 = millisecondsSince1970 }

        /// A point that never comes, for services that set no deadline.
        public static var distantFuture: Deadline { Deadline(millisecondsSince1970: .max) }

        /// The point `duration` from now.
        public static func after(_ duration: Duration) -> Deadline {
            Deadline(millisecondsSince1970: WallClock.milliseconds + duration.clampedNanoseconds / 1_000_000)
        }

        /// The time from now until this point; zero once it has passed.
        public var remaining: Duration { .milliseconds(max(0, millisecondsSince1970 - WallClock.milliseconds)) }

        /// Whether `left` comes before `right`.
        public static func < (left: Deadline, right: Deadline) -> Bool {
            left.millisecondsSince1970 < right.millisecondsSince1970
        }
    }
}
