/// Something whose cycles are measured in rounds.
protocol Interleaved: AnyObject {
    /// Runs cycles without keeping what they took.
    func warmUp(_ cycles: Int) throws
    /// Runs a round of cycles and keeps what they took.
    func measure(_ cycles: Int) throws
}

/// Rounds in which everybody has a turn, forwards and backwards in turn, so that a drift of the machine falls on all.
func interleave(
    _ contestants: [any Interleaved], rounds: Int, cycles: Int, progress: (Double) -> Void
) throws {
    for contestant in contestants { try contestant.warmUp(cycles) }
    for round in 0..<rounds {
        progress(Double(round) / Double(rounds))
        for contestant in round.isMultiple(of: 2) ? contestants : contestants.reversed() {
            try contestant.measure(cycles)
        }
    }
}
