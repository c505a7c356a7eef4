import Bytes

extension Buffer {
    /// Appends a moment in milliseconds since 1970 as RFC 3339 has it: `2026-11-21T09:08:07.006Z`.
    package mutating func append(timestamp milliseconds: Int64) {
        let day = milliseconds / 86_400_000
        let time = milliseconds % 86_400_000
        // Days are counted in years that begin in March, so that the leap day comes last and months follow a pattern.
        let shifted = day + 719_468
        let era = shifted / 146_097
        let dayOfEra = shifted % 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        append(padded: year, 4)
        append("-")
        append(padded: month, 2)
        append("-")
        append(padded: dayOfYear - (153 * marchMonth + 2) / 5 + 1, 2)
        append("T")
        append(padded: time / 3_600_000, 2)
        append(":")
        append(padded: time / 60_000 % 60, 2)
        append(":")
        append(padded: time / 1_000 % 60, 2)
        append(".")
        append(padded: time % 1_000, 3)
        append("Z")
    }

    private mutating func append(padded value: Int64, _ digits: Int) {
        var limit: Int64 = 10
        var left = digits
        while left > 1 {
            if value < limit { append("0") }
            limit *= 10
            left -= 1
        }
        append(decimal: UInt64(value))
    }
}
