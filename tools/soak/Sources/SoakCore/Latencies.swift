import Histogram

/// Times over a run: percentiles of the whole, and of each of its parts.
package struct Latencies: Sendable {
    /// The percentiles of some times, in nanoseconds.
    package struct Summary: Equatable, Sendable {
        package var count: UInt64
        /// Half of them were no longer.
        package var p50: UInt64
        /// Ninety-nine in a hundred were no longer.
        package var p99: UInt64
        package var longest: UInt64
    }

    /// One summary for each part of the run so far, in order; nil where a part has no time.
    package private(set) var parts: [Summary?]
    private var whole = Self.empty
    private var tenths = [Self.empty, Self.empty]
    private var part = Self.empty
    private var partIndex = 0

    /// A run of which nothing was measured; `parts` is how many parts it is cut into.
    package init(parts: Int) { self.parts = Array(repeating: nil, count: parts) }

    private static let limit: UInt64 = 900_000_000_000
    private static var empty: Histogram<UInt32> {
        Histogram(lowestDiscernibleValue: 100, highestTrackableValue: limit, numberOfSignificantValueDigits: .three)
    }

    /// Takes in a time that was measured at a place in the run, from 0 to 1. Places never go back.
    package mutating func record(nanoseconds: Int64, at place: Double) {
        let index = min(parts.count - 1, Int(place * Double(parts.count)))
        if index != partIndex { finishPart() }
        partIndex = index
        let value = min(UInt64(max(nanoseconds, 0)), Self.limit)
        part.record(value)
        whole.record(value)
        if place < 0.1 { tenths[0].record(value) }
        if place >= 0.9 { tenths[1].record(value) }
    }

    /// Closes the part that the run is in, for the end.
    package mutating func finishPart() {
        parts[partIndex] = Self.summary(part)
        part.reset()
    }

    /// The whole and the tenths that have a time, with their names.
    var shown: [(part: String, summary: Summary)] {
        [("all", all), ("first tenth", firstTenth), ("last tenth", lastTenth)]
            .compactMap { part, summary in summary.map { (part, $0) } }
    }

    package var all: Summary? { Self.summary(whole) }
    package var firstTenth: Summary? { Self.summary(tenths[0]) }
    package var lastTenth: Summary? { Self.summary(tenths[1]) }

    private static func summary(_ histogram: Histogram<UInt32>) -> Summary? {
        guard histogram.totalCount > 0 else { return nil }
        return Summary(
            count: histogram.totalCount, p50: histogram.valueAtPercentile(50), p99: histogram.valueAtPercentile(99),
            longest: histogram.maxRecorded)
    }
}
