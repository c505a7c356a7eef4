import Charts

/// Times of one contestant, to be drawn: where they lie, on a logarithmic axis.
package struct Distribution: Codable, Equatable, Sendable {
    package var name: String
    /// The group it is drawn with, one colour each.
    package var group: Int
    /// Nanoseconds: the figures that the picture names.
    package var median: Double
    package var p99: Double
    /// The number of samples in each of the bins.
    package var counts: [Int]

    /// - Parameter samples: nanoseconds.
    package init(name: String, group: Int, samples: Samples) {
        self.name = name
        self.group = group
        median = samples.median
        p99 = samples.percentile(0.99)
        counts = [Int](repeating: 0, count: Bins.count)
        for value in samples.values { counts[Bins.index(of: value)] += 1 }
    }

    /// Equal steps of the logarithm, from one microsecond to ten milliseconds; what lies outside counts at the end.
    package enum Bins {
        package static let count = 240
        private static let axis = Axis(.logarithmic, 1e3...1e7)

        /// The bin of a time in nanoseconds.
        package static func index(of value: Double) -> Int {
            guard value > axis.bounds.lowerBound else { return 0 }
            return min(count - 1, Int(axis.place(of: value) * Double(count)))
        }

        /// The time in nanoseconds at which a bin begins.
        static func start(of bin: Int) -> Double { axis.value(at: Double(bin) / Double(count)) }
    }
}
