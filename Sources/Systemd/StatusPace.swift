import Reactor

/// The pace at which a status is reported that may change thousands of times a second: at most once an interval, and
/// the last one always.
///
/// | what happens | since the last one was reported | what to do |
/// |---|---|---|
/// | a change | an interval or more | `tell` |
/// | a change | less | `wait(until:)`; nothing if one waits already |
/// | the wait is over | | `tell` |
package struct StatusPace: Sendable {
    /// The decision about a change.
    package enum Decision: Equatable, Sendable {
        /// Tell it now.
        case tell
        /// Call ``waitIsOver(at:)`` then.
        case wait(until: Instant)
        /// Nothing: it will be reported with the one that waits.
        case nothing
    }

    private let interval: Duration
    private var earliest: Instant?
    private var isWaiting = false

    /// A pace of one in `interval`.
    package init(interval: Duration) { self.interval = interval }

    /// The status has changed.
    package mutating func changed(at now: Instant) -> Decision {
        guard !isWaiting else { return .nothing }
        guard let earliest, now < earliest else {
            earliest = now + interval
            return .tell
        }
        isWaiting = true
        return .wait(until: earliest)
    }

    /// The wait is over: the status is to be reported now.
    package mutating func waitIsOver(at now: Instant) {
        isWaiting = false
        earliest = now + interval
    }
}
