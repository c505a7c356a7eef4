/// The pauses between attempts that fail one after another: 50 ms, then twice the one before, up to 5 s.
package struct Backoff: Sendable {
    package static let longest = Duration.seconds(5)

    private var following = Duration.milliseconds(50)

    package init() {}

    /// The pause before the next attempt.
    package mutating func next() -> Duration {
        defer { following = min(following * 2, Self.longest) }
        return following
    }
}
