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
    /// As so many digits behind the point, of which the first few are shown, and none is rounded.
    fileprivate func cut(behindPoint digits: Int, shown decimals: Int) -> String {
        let text = String(magnitude)
        let padded = String(repeating: "0", count: max(0, digits + 1 - text.count)) + text
        let whole = (self < 0 ? "-" : "") + padded.dropLast(digits)
        return decimals == 0 ? whole : whole + "." + padded.suffix(digits).prefix(decimals)
    }

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
    package var inWords: String { inWords(moreDecimals: 0) }

    private func inWords(moreDecimals more: Int) -> String {
        let (seconds, attoseconds) = components
        let value = Double(seconds) * 1e9 + Double(attoseconds) / 1e9
        // Cut and not rounded where rounding would make a thousand, or sixty.
        return switch value {
        case ..<1e6: "\((attoseconds / 1_000_000_000).cut(behindPoint: 3, shown: more)) µs"
        case ..<1e7: "\((value / 1e6).with(decimals: 1 + more)) ms"
        case ..<1e9: "\((value / 1e6).with(decimals: more)) ms"
        case ..<60e9: "\((value / 1e9).with(decimals: 2 + more)) s"
        default:
            "\(seconds / 60) min \((seconds % 60 * 1_000_000_000 + attoseconds / 1_000_000_000).cut(behindPoint: 9, shown: more)) s"
        }
    }

    /// Each of several as ``inWords``; where that would say the same of different ones, with as many more decimals as tell these
    /// apart. Nanoseconds are the smallest difference that is told.
    package static func inDistinctWords(_ durations: [Duration]) -> [String] {
        var words = durations.map(\.inWords)
        for more in 1...9 {
            let meant = Dictionary(grouping: durations.indices, by: { words[$0] })
            let alike = meant.values.filter { indices in indices.contains { durations[$0] != durations[indices[0]] } }
            if alike.isEmpty { break }
            for index in alike.joined() { words[index] = durations[index].inWords(moreDecimals: more) }
        }
        return words
    }
}
