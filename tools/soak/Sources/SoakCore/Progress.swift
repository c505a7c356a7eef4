import Charts

/// The progress of a run, and the time it will still take.
package struct Progress: Equatable, Sendable {
    /// Invocations that have ended.
    package var done: Int
    /// All that are to be made.
    package var total: Int
    /// Since the start, in seconds.
    package var seconds: Double
    /// Invocations under way, where they may be many.
    package var underWay: Int?
    package var kills = 0
    /// Closures lost.
    package var lost = 0
    /// The number of violations.
    package var faults = 0

    /// From 0 to 1.
    package var place: Double { total == 0 ? 1 : Double(done) / Double(total) }
    /// Invocations a second so far.
    package var rate: Double { seconds > 0 ? Double(done) / seconds : 0 }
    /// Seconds that the rest will take at this rate; nil before anything is known.
    package var remaining: Double? { done > 0 ? Double(total - done) / rate : nil }

    /// One line: `12,000 of 20,000 (60 %), 1,500 a second, 0:05 left, 12 kills, 31 closures lost, 0 faults`; with `61 under way`
    /// before the kills, where they may be many.
    package var line: String {
        var line = "\(done.grouped) of \(total.grouped) (\(Int(place * 100)) %)"
        line += ", \(Int(rate.rounded()).grouped) a second"
        if let remaining { line += ", \(Self.clock(remaining)) left" }
        if let underWay { line += ", \(underWay.grouped) under way" }
        return line + ", \(kills.grouped) kills, \(lost.grouped) closures lost, \(faults) faults"
    }

    /// Seconds as `1:02:03` or `2:03`.
    package static func clock(_ seconds: Double) -> String {
        let whole = Int(seconds.rounded())
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let rest = "\(two(whole % 60))"
        return whole < 3600 ? "\(whole / 60):\(rest)" : "\(whole / 3600):\(two(whole / 60 % 60)):\(rest)"
    }
}
