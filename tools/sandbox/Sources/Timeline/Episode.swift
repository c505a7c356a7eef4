/// A part of a life that belongs together: one invocation, or several that overlap, with what led to them and what followed.
package struct Episode: Sendable {
    /// The first invocation's; they are counted from 1; 0 when there was none.
    package var number = 0
    /// The number of invocations that began in it.
    package var count = 0
    /// The number of those that were too many at a time to be drawn.
    package var hidden = 0
    package var from: Moment
    package var to: Moment
    package var spans: [Span] = []
    package var marks: [Mark] = []
    /// START; nil when there was none.
    package var started: Moment?
    /// The attempt at an event that it is; nil where a caller waits.
    package var attempt: Int?
    package var failure: String?
    /// The number of invocations that failed.
    package var failures = 0

    init(from: Moment) {
        self.from = from
        to = from
    }

    /// The moments at which something changes, in order.
    var boundaries: [Moment] {
        var all = Set([from, to])
        for span in spans {
            all.insert(max(span.from, from))
            all.insert(span.to)
        }
        for mark in marks { all.insert(mark.at) }
        return all.sorted()
    }

    /// The time that the first caller that was answered waited, from START on.
    package var response: Duration? { responses.first }

    /// The times that the callers waited, each from START on.
    var responses: [Duration] {
        marks.compactMap { if case .response(_, let after) = $0.kind { after } else { nil } }
    }

    package var heading: String {
        guard count > 1 else {
            return "invocation \(number)" + (attempt.map { ", attempt \($0) of \(FleetPolicy.Limits.attempts)" } ?? "")
                + (failure.map { ": \($0)" } ?? "")
        }
        return "invocations \(number) to \(number + count - 1)" + (hidden > 0 ? ", \(hidden) of them not drawn" : "")
            + (failures > 0 ? ": \(failures) failed" : "")
    }
}

/// The summary of the episodes that are not drawn.
struct Summary: Equatable, Sendable {
    var count = 0
    var failures = 0
    private(set) var shortest = Duration.zero
    private(set) var longest = Duration.zero
    private var answered: Int64 = 0
    private var total = Duration.zero

    mutating func add(_ episode: Episode) {
        count += episode.count
        failures += episode.failures
        for response in episode.responses {
            shortest = answered == 0 ? response : min(shortest, response)
            longest = max(longest, response)
            answered += 1
            total += response
        }
    }

    /// The mean time to the response; nil when there was none.
    var mean: Duration? { answered == 0 ? nil : .nanoseconds(total.nanoseconds / answered) }
}
