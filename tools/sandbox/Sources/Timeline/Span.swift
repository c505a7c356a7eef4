/// The party whose time is drawn.
package enum Lane: Hashable, Sendable {
    case caller
    case function
    /// A place of the function's at which it handles one event, where it handles many at a time.
    case worker(Int)
    case `extension`(Int)
    case environment
}

/// A stretch of time on one lane.
package struct Span: Equatable, Sendable {
    package enum Kind: String, CaseIterable, Sendable {
        case starting = "init"
        case queued = "waiting for START"
        case asking = "waiting for the response"
        case invoke
        case closures = "closures, after the response"
        case untilNext = "until next, after the response"
        case hold = "held awake"
        case idle = "waiting for an event"
        case frozen
        case reset
        case shutdown
    }

    package var lane: Lane
    package var kind: Kind
    package var from: Moment
    package var to: Moment

    package var duration: Duration { to - from }
}

/// A point in time on one lane.
package struct Mark: Equatable, Sendable {
    package enum Kind: Equatable, Sendable {
        /// The caller has its answer, with the error type if it is one.
        case response(errorType: String?, after: Duration)
        /// A process ended that nobody had asked to.
        case death
        /// A caller was refused, because nobody was there for its event.
        case refusal(errorType: String)
    }

    package var lane: Lane
    package var kind: Kind
    package var at: Moment
}
