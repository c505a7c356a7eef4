/// Which lane each of several invocations under way has: the first that is free at its START.
struct Places: Sendable {
    private struct Holder: Sendable {
        let id: String
        let started: Moment
        var isAnswered = false
        var hasEnded = false
    }

    private var holders: [Holder?] = []
    /// The most invocations that were ever under way at a time.
    private(set) var most = 0

    /// True if every invocation has ended.
    var areFree: Bool { holders.allSatisfy { $0?.hasEnded ?? true } }

    mutating func begin(_ id: String, _ now: Moment) -> Int {
        let holder = Holder(id: id, started: now)
        guard let free = holders.firstIndex(where: { $0 == nil }) else {
            holders.append(holder)
            most = holders.count
            return holders.count - 1
        }
        holders[free] = holder
        return free
    }

    /// The place of an invocation whose caller has its answer; nil if it never began.
    mutating func answer(_ id: String) -> (place: Int, started: Moment)? {
        guard let place = holders.firstIndex(where: { $0?.id == id && $0?.isAnswered == false }) else { return nil }
        defer { release(place) }
        holders[place]!.isAnswered = true
        return (place, holders[place]!.started)
    }

    /// The place of an invocation that has ended; nil if it never began.
    mutating func end(_ id: String) -> Int? {
        guard let place = holders.firstIndex(where: { $0?.id == id && $0?.hasEnded == false }) else { return nil }
        defer { release(place) }
        holders[place]!.hasEnded = true
        return place
    }

    /// A place is free when both have come, in either order.
    private mutating func release(_ place: Int) {
        if let holder = holders[place], holder.isAnswered, holder.hasEnded { holders[place] = nil }
    }
}
