/// A part of a life that belongs together: one invocation with what led to it and what followed.
package struct Episode: Sendable {
    /// Invocations are counted from 1; 0 when there was none.
    package var number = 0
    package var from: Moment
    package var to: Moment
    package var spans: [Span] = []
    package var marks: [Mark] = []
    /// START; nil when there was none.
    package var started: Moment?
    package var failure: String?

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

    /// How long the caller waited from START on.
    package var response: Duration? {
        for case .response(_, let after) in marks.map(\.kind) { return after }
        return nil
    }
}

/// What is told of the episodes that are not drawn.
struct Summary: Equatable, Sendable {
    var count = 0
    var failures = 0
    private(set) var shortest = Duration.zero
    private(set) var longest = Duration.zero
    private var answered: Int64 = 0
    private var total = Duration.zero

    mutating func add(_ episode: Episode) {
        count += 1
        if episode.failure != nil { failures += 1 }
        guard let response = episode.response else { return }
        shortest = answered == 0 ? response : min(shortest, response)
        longest = max(longest, response)
        answered += 1
        total += response
    }

    /// The mean time to the response; nil when there was none.
    var mean: Duration? { answered == 0 ? nil : .nanoseconds(total.nanoseconds / answered) }
}
