extension Double {
    /// With the decimals that three digits need, and none beyond the second: `0.97`, `12.4`, `513`.
    package var words: String {
        guard isFinite else { return "–" }
        let size = magnitude
        return with(decimals: self == rounded() || size >= 99.95 ? 0 : size >= 9.995 ? 1 : 2)
    }

    /// Nanoseconds in the unit that suits them.
    package var nanosecondsInWords: String {
        guard isFinite else { return "–" }
        return switch magnitude {
        case ..<999.5: "\(words) ns"
        case ..<999_500: "\((self / 1e3).words) µs"
        case ..<999_500_000: "\((self / 1e6).words) ms"
        default: "\((self / 1e9).words) s"
        }
    }

    /// With a fixed number of decimals.
    package func with(decimals: Int) -> String {
        var power = 1.0
        for _ in 0..<decimals { power *= 10 }
        let scaled = Int((magnitude * power).rounded())
        let sign = self < 0 && scaled != 0 ? "-" : ""
        guard decimals > 0 else { return sign + String(scaled) }
        let digits = String(scaled)
        let padded = String(repeating: "0", count: max(0, decimals + 1 - digits.count)) + digits
        return sign + padded.dropLast(decimals) + "." + padded.suffix(decimals)
    }

    /// A large number as people read it, in groups of three digits: `26,566`.
    package var grouped: String {
        guard isFinite else { return "–" }
        let digits = with(decimals: 0)
        let sign = digits.hasPrefix("-") ? "-" : ""
        var text = ""
        for (index, digit) in digits.dropFirst(sign.count).reversed().enumerated() {
            if index > 0, index.isMultiple(of: 3) { text.append(",") }
            text.append(digit)
        }
        return sign + String(text.reversed())
    }
}
