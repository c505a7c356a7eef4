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

        /// The deadline of an event that has just arrived, in milliseconds since 1970.
        ///
        /// One that has passed already is none: services in Lambda's place send such, as `cargo lambda watch` does, and what is
        /// to end at it would never begin.
        static func announced(_ text: ByteView?) -> Deadline {
            guard let milliseconds = text?.decimal.flatMap(Int64.init(exactly:)), milliseconds > WallClock.milliseconds
            else { return .distantFuture }
            return Deadline(millisecondsSince1970: milliseconds)
        }

        /// The point `duration` from now.
        public static func after(_ duration: Duration) -> Deadline {
            Deadline(millisecondsSince1970: WallClock.milliseconds + duration.clampedNanoseconds / 1_000_000)
        }

        /// The time from now until this point; zero once it has passed.
        public var remaining: Duration { .milliseconds(max(0, millisecondsSince1970 - WallClock.milliseconds)) }

        /// Returns true if `left` comes before `right`.
        public static func < (left: Deadline, right: Deadline) -> Bool {
            left.millisecondsSince1970 < right.millisecondsSince1970
        }
    }
}
