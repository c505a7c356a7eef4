/// Finds a shortest list of actions that still breaks the same promise: pieces are left out, large ones first, until no
/// single action can be (delta debugging).
struct Shrinker {
    /// Returns the fault that a list of actions leads to, or nil.
    let judge: ([Action]) -> String?
    /// The number of times ``judge`` may be asked.
    var budget = 4_000

    mutating func shrink(_ actions: [Action], fault: String) -> [Action] {
        let kind = Self.kind(fault)
        var best = actions
        var piece = max(1, best.count / 2)
        while budget > 0 {
            var hasShrunk = false
            var start = 0
            while start < best.count, budget > 0 {
                var candidate = best
                candidate.removeSubrange(start..<min(best.count, start + piece))
                budget -= 1
                if let found = judge(candidate), Self.kind(found) == kind {
                    best = candidate
                    hasShrunk = true
                } else {
                    start += piece
                }
            }
            if piece == 1, !hasShrunk { break }
            piece = max(1, hasShrunk ? min(piece, best.count / 2) : piece / 2)
        }
        return best
    }

    /// Faults are of one kind when they differ in numbers only.
    private static func kind(_ fault: String) -> String {
        String(fault.prefix { $0 != "\n" }.filter { !$0.isNumber })
    }
}
