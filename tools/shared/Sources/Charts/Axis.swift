#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// Where values stand between the two ends of an axis.
package struct Axis: Sendable {
    /// The way values are laid out.
    package enum Scale: Sendable { case linear, logarithmic }

    package let scale: Scale
    /// The values at its ends.
    package let bounds: ClosedRange<Double>

    package init(_ scale: Scale, _ bounds: ClosedRange<Double>) {
        self.scale = scale
        self.bounds = bounds
    }

    /// The place of a value: 0 at the lower end, 1 at the upper one, and beyond them outside.
    package func place(of value: Double) -> Double {
        let (low, high) = ends
        return high > low ? (transformed(value) - low) / (high - low) : 0
    }

    /// The value at a place.
    package func value(at place: Double) -> Double {
        let (low, high) = ends
        let value = low + place * (high - low)
        return scale == .linear ? value : pow(10, value)
    }

    private var ends: (Double, Double) { (transformed(bounds.lowerBound), transformed(bounds.upperBound)) }

    private func transformed(_ value: Double) -> Double {
        switch scale {
        case .linear: value
        case .logarithmic: log10(max(value, 1e-9))
        }
    }

    /// Round values, rising, the first no more than `least` and the last no less than `most`: powers of ten on a logarithmic
    /// scale, otherwise at most six from zero on, 1, 2 or 5 times a power of ten apart.
    package static func ticks(_ scale: Scale, from least: Double, to most: Double) -> [Double] {
        switch scale {
        case .logarithmic:
            let lowest = log10(max(least, 1e-6)).rounded(.down)
            let highest = max(lowest + 1, log10(max(most, 1e-6)).rounded(.up))
            return (Int(lowest)...Int(highest)).map { pow(10, Double($0)) }
        case .linear:
            let span = most * 1.05
            // From 1 on, since what is counted is whole.
            let step = (0...).lazy.flatMap { power in [1, 2, 5].map { $0 * pow(10, Double(power)) } }
                .first { span / $0 <= 5 }!
            return (0...max(1, Int((span / step).rounded(.up)))).map { Double($0) * step }
        }
    }

    /// The values below ten times a power of ten, by digit, that stand on the axis.
    package var digits: [(digit: Int, value: Double)] {
        let decades = Int(log10(bounds.lowerBound).rounded(.down))...Int(log10(bounds.upperBound).rounded(.down))
        return decades.flatMap { decade in (1...9).map { ($0, Double($0) * pow(10, Double(decade))) } }
            .filter { bounds.contains($0.value) }
    }
}
