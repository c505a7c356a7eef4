extension Double {
    /// With one decimal, and none where it would be zero.
    package var short: String {
        let text = with(decimals: 1)
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }

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

    /// Rounded to a whole number and grouped.
    package var grouped: String { isFinite ? Int(rounded()).grouped : "–" }
}

extension BinaryInteger {
    /// In groups of three digits, as people read large numbers: `26,566`.
    package var grouped: String {
        var text = ""
        for (place, digit) in String(magnitude).reversed().enumerated() {
            if place > 0, place.isMultiple(of: 3) { text.append(",") }
            text.append(digit)
        }
        return (self < 0 ? "-" : "") + String(text.reversed())
    }
}

extension Duration {
    /// In the unit that suits it, with three digits or so: `850 µs`, `3.2 ms`, `48 ms`, `3.01 s`, `2 min 5 s`.
    package var inWords: String {
        let value = Double(components.seconds) * 1e9 + Double(components.attoseconds) / 1e9
        return switch value {
        case ..<1e6: "\(Int(value / 1e3)) µs"
        case ..<1e7: "\((value / 1e6).with(decimals: 1)) ms"
        case ..<1e9: "\((value / 1e6).with(decimals: 0)) ms"
        case ..<60e9: "\((value / 1e9).with(decimals: 2)) s"
        default: "\(components.seconds / 60) min \(components.seconds % 60) s"
        }
    }
}
