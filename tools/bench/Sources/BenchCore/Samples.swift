import Charts

/// Measured values, in order of size.
package struct Samples: Sendable {
    private let sorted: [Double]

    package init(_ values: some Sequence<Double>) { sorted = values.sorted() }

    package init(_ values: some Sequence<Int64>) { self.init(values.map(Double.init)) }

    package var count: Int { sorted.count }
    package var isEmpty: Bool { sorted.isEmpty }

    /// The smallest and the largest value; nil when there is none.
    package var range: ClosedRange<Double>? {
        guard let first = sorted.first, let last = sorted.last else { return nil }
        return first...last
    }

    /// From the 5th to the 95th percentile, the range but for what rare disturbances made of it; nil when there is none.
    package var bulk: ClosedRange<Double>? { isEmpty ? nil : percentile(0.05)...percentile(0.95) }

    /// The value that a share of all, from 0 to 1, does not exceed: nearest rank, so that it is one that was measured.
    /// NaN when there is none.
    package func percentile(_ share: Double) -> Double {
        precondition((0...1).contains(share), "a share is between 0 and 1")
        guard !sorted.isEmpty else { return .nan }
        let rank = Int((share * Double(sorted.count)).rounded(.up))
        return sorted[min(max(rank, 1), sorted.count) - 1]
    }

    /// The value in the middle, or the mean of the two there; NaN when there is none.
    package var median: Double {
        guard !sorted.isEmpty else { return .nan }
        let middle = sorted.count / 2
        return sorted.count.isMultiple(of: 2) ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle]
    }

    /// The values, smallest first.
    package var values: [Double] { sorted }

    /// The median, and in parentheses the range, as a table shows a ratio: `1.43 (1.40…1.72)`.
    package var words: String {
        guard let range else { return "" }
        return count == 1 ? median.words : "\(median.words) (\(range.lowerBound.words)…\(range.upperBound.words))"
    }
}
