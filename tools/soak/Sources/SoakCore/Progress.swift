import Charts

/// The progress of a run, and the time it will still take.
public struct Progress: Equatable, Sendable {
    /// Invocations that have ended.
    public var done: Int
    /// All that are to be made.
    public var total: Int
    /// Since the start, in seconds.
    public var seconds: Double
    /// Invocations under way, where they may be many.
    public var underWay: Int?
    /// Processes killed.
    public var kills: Int
    /// Closures lost.
    public var lost: Int
    /// The number of violations.
    public var faults: Int

    /// A state of a run.
    public init(
        done: Int, total: Int, seconds: Double, underWay: Int? = nil, kills: Int = 0, lost: Int = 0, faults: Int = 0
    ) {
        self.done = done
        self.total = total
        self.seconds = seconds
        self.underWay = underWay
        self.kills = kills
        self.lost = lost
        self.faults = faults
    }

    /// From 0 to 1.
    public var place: Double { total == 0 ? 1 : Double(done) / Double(total) }
    /// Invocations a second so far.
    public var rate: Double { seconds > 0 ? Double(done) / seconds : 0 }
    /// Seconds that the rest will take at this rate; nil before anything is known.
    public var remaining: Double? { done > 0 ? Double(total - done) / rate : nil }

    /// One line: `12,000 of 20,000 (60 %), 1,500 a second, 0:05 left, 12 kills, 31 closures lost, 0 faults`; with `61 under way`
    /// before the kills, where they may be many.
    public var line: String {
        var line = "\(done.grouped) of \(total.grouped) (\(Int(place * 100)) %)"
        line += ", \(Int(rate.rounded()).grouped) a second"
        if let remaining { line += ", \(Self.clock(remaining)) left" }
        if let underWay { line += ", \(underWay.grouped) under way" }
        return line + ", \(kills.grouped) kills, \(lost.grouped) closures lost, \(faults) faults"
    }

    /// Seconds as `1:02:03` or `2:03`.
    public static func clock(_ seconds: Double) -> String {
        let whole = Int(seconds.rounded())
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let rest = "\(two(whole % 60))"
        return whole < 3600 ? "\(whole / 60):\(rest)" : "\(whole / 3600):\(two(whole / 60 % 60)):\(rest)"
    }
}
