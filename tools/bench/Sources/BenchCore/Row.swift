import Charts

/// One line of the table: a figure, and what it must reach.
package struct Row: Codable, Equatable, Sendable {
    package enum Goal: Codable, Equatable, Sendable {
        case atMost(Double)
        case atLeast(Double)

        /// Returns true if a value reaches it.
        package func isMet(by value: Double) -> Bool {
            switch self {
            case .atMost(let limit): value <= limit
            case .atLeast(let limit): value >= limit
            }
        }
    }

    /// The name of what was measured.
    package var name: String
    /// The measured thing itself, in words: `9.8 µs`.
    package var measured: String
    /// The reference it is compared with, in words; empty for none.
    package var reference: String
    /// The figure: a ratio, unless `unit` says otherwise.
    package var value: Double
    /// The unit of `value`; empty for a ratio.
    package var unit: String
    /// The smallest and the largest value that a round gave.
    package var low: Double?
    package var high: Double?
    /// Nil for a figure that is only reported.
    package var goal: Goal?

    /// - Parameter range: the smallest and the largest value that a round gave.
    package init(
        _ name: String, measured: String = "", reference: String = "", value: Double,
        unit: String = "", range: ClosedRange<Double>? = nil, goal: Goal? = nil
    ) {
        self.name = name
        self.measured = measured
        self.reference = reference
        self.value = value
        self.unit = unit
        low = range?.lowerBound
        high = range?.upperBound
        self.goal = goal
    }

    /// Times in nanoseconds beside others, by their medians; the figure is their ratio.
    package init(
        _ name: String, _ times: [Double], beside others: [Double], ratio: Double, range: ClosedRange<Double>?,
        goal: Goal? = nil
    ) {
        let words = [times, others].map { Samples($0).median.nanosecondsInWords }
        self.init(name, measured: words[0], reference: words[1], value: ratio, range: range, goal: goal)
    }

    /// True if the figure reaches its goal; true where there is none. What could not be measured reaches nothing.
    package var isMet: Bool { goal?.isMet(by: value) ?? true }
}
