/// An event that can be observed of a sandbox.
package enum Happening {
    /// A fact of the environment's life.
    case note(Note)
    /// A process wrote a line; the bytes are valid during the call.
    case output(process: String, ByteView)
    /// The caller of an invocation has its answer, this long after START.
    case answered(id: String, Outcome, after: Duration)
    /// The service says something, about what was reported just before in most cases.
    case platform(PlatformRecord)
}

/// When something happened.
package struct HappeningTime {
    /// On the environment's clock.
    package var moment: Moment
    /// On the wall, in milliseconds since 1970.
    package var wall: Int64

    package init(moment: Moment, wall: Int64) { (self.moment, self.wall) = (moment, wall) }

    static var now: HappeningTime {
        HappeningTime(moment: Moment(nanoseconds: Instant.now.nanoseconds), wall: WallClock.milliseconds)
    }
}

/// Whoever watches a sandbox.
package protocol Observer: AnyObject {
    /// Something happened; `memory` is the most megabytes the processes ever used together, as far as is known.
    func observe(_ happening: Happening, at time: HappeningTime, memory: Int)
}
