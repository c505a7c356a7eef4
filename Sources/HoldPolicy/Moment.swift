/// One reading of both clocks.
///
/// Two are needed because neither tells the whole truth across a freeze: Lambda gives deadlines in wall time, which can be
/// set back; timers run on the monotonic clock, which may stand still or jump.
public struct Moment: Equatable, Sendable {
    /// Nanoseconds of the monotonic clock, since boot.
    public var monotonic: Int64
    /// Nanoseconds of the wall clock, since 1970.
    public var wall: Int64

    /// A reading of both clocks, in nanoseconds.
    public init(monotonic: Int64, wall: Int64) {
        self.monotonic = monotonic
        self.wall = wall
    }
}

extension Int64 {
    /// The sum, or the nearest value there is.
    func saturatingAdding(_ other: Int64) -> Int64 {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? (other < 0 ? .min : .max) : sum
    }

    /// The difference, or the nearest value there is.
    func saturatingSubtracting(_ other: Int64) -> Int64 {
        let (difference, overflow) = subtractingReportingOverflow(other)
        return overflow ? (other < 0 ? .max : .min) : difference
    }
}
