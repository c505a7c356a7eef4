/// A start anew with other programs, once nobody is at work with the old ones.
extension Environment {
    /// The programs are other ones now: what is under way ends with the old ones, whatever comes next has the new ones.
    mutating func renew() { isStale = generation > 0 }

    /// Ends the old processes, or starts the new ones, if it is time for that. Whoever waits meanwhile is served by the latter.
    mutating func beginRenewal() -> Bool {
        guard isStale, !mustClose else { return false }
        switch phase {
        case .cold: beginStart(.initial)
        case .idle, .snapshot: beginStop(.spindown)
        case .starting(let start) where start.phase == .initial:
            noteFailedStart(interruption)
            beginStop(.spindown)
        case .starting, .restoring, .invoking, .stopping, .closed: return false
        }
        return true
    }
}
