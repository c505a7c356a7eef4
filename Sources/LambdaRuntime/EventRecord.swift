import Synchronization

/// One event as the runtime keeps it; shared by all copies of its context, and told from every other by its identity, since
/// Lambda may give an id again.
package final class EventRecord: Sendable {
    let fields: EventFields
    /// The work left for after the response.
    package let hooks = ResponseHooks()
    /// The calls that write its response now; negative once none may begin any more.
    let writers = Atomic(0)
    private static var over: Int { .min / 2 }

    init(_ fields: EventFields) { self.fields = fields }

    /// No write begins any more.
    func end() { writers.add(Self.over, ordering: .acquiringAndReleasing) }

    /// True if a write has begun before the end, and has not returned.
    var isBeingWritten: Bool { writers.load(ordering: .acquiring) != Self.over }
}
