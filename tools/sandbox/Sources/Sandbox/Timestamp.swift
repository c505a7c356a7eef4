import Glibc

/// A wall-clock time in words, in UTC.
package enum Timestamp {
    /// For example `2026-11-21T01:10:22.123Z`.
    package static func iso8601(milliseconds: Int64) -> String {
        let fraction = (milliseconds % 1000 + 1000) % 1000
        var seconds = time_t((milliseconds - fraction) / 1000)
        var time = tm()
        gmtime_r(&seconds, &time)
        return "\(padded(time.tm_year + 1900, 4))-\(padded(time.tm_mon + 1, 2))-\(padded(time.tm_mday, 2))"
            + "T\(padded(time.tm_hour, 2)):\(padded(time.tm_min, 2)):\(padded(time.tm_sec, 2)).\(padded(fraction, 3))Z"
    }

    /// For example `29/Nov/2026:10:20:00 +0000`.
    package static func commonLog(milliseconds: Int64) -> String {
        var seconds = time_t(milliseconds / 1000)
        var time = tm()
        gmtime_r(&seconds, &time)
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        return "\(padded(time.tm_mday, 2))/\(months[Int(time.tm_mon)])/\(padded(time.tm_year + 1900, 4))"
            + ":\(padded(time.tm_hour, 2)):\(padded(time.tm_min, 2)):\(padded(time.tm_sec, 2)) +0000"
    }

    private static func padded(_ value: some BinaryInteger, _ width: Int) -> String {
        let text = String(value)
        return String(repeating: "0", count: max(0, width - text.utf8.count)) + text
    }
}

extension Duration {
    /// Milliseconds with two decimals, as Lambda's reports have them.
    package var millisecondsText: String {
        let hundredths = (nanoseconds + 5_000) / 10_000
        let fraction = hundredths % 100
        return "\(hundredths / 100).\(fraction < 10 ? "0" : "")\(fraction)"
    }
}
