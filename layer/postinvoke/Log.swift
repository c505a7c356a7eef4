import LambdaExtension

/// Lines on standard error, as text or as JSON ("Using the advanced logging controls").
///
/// One write(2) an entry, from a buffer that is kept.
final class Log {
    /// How important an entry is.
    enum Level: Int {
        case trace, debug, info, warn, error, fatal

        /// Reads Lambda's word for a level, in any case.
        init?(_ text: ByteView) {
            for level in [.trace, .debug, .info, .warn, .error, .fatal] as [Level] {
                if text.equalsIgnoringCase(ByteView(level.name)) {
                    self = level
                    return
                }
            }
            return nil
        }

        /// Lambda's word for the level.
        var name: StaticString {
            switch self {
            case .trace: "TRACE"
            case .debug: "DEBUG"
            case .info: "INFO"
            case .warn: "WARN"
            case .error: "ERROR"
            case .fatal: "FATAL"
            }
        }
    }

    /// How an entry is written.
    enum Format {
        case text, json

        /// Reads Lambda's word for a format, in any case.
        init?(_ text: ByteView) {
            if text.equalsIgnoringCase("Text") {
                self = .text
            } else if text.equalsIgnoringCase("JSON") {
                self = .json
            } else {
                return nil
            }
        }
    }

    /// Entries of a lower level are not written.
    var threshold = Level.info
    var format = Format.text
    private var message = Buffer()
    private var entry = Buffer()

    /// Writes one entry.
    ///
    /// - Parameters:
    ///   - fields: what of the message a machine would look for, as members of a JSON entry.
    ///   - message: appends the text, one line.
    func write(
        _ level: Level, fields: (inout JSONWriter) -> Void = { _ in }, _ message: (inout Buffer) -> Void
    ) {
        guard level.rawValue >= threshold.rawValue else { return }
        self.message.removeAll()
        message(&self.message)
        entry.removeAll()
        switch format {
        case .text:
            entry.append("postinvoke: ")
            entry.append(self.message.readable)
        case .json:
            var time = Buffer()
            time.append(timestamp: WallClock.milliseconds)
            let text = self.message.readable
            entry.appendJSONObject { object in
                object.field("timestamp", time.readable)
                object.field("level", ByteView(level.name))
                object.field("logger", "postinvoke")
                object.field("message", text)
                fields(&object)
            }
        }
        entry.append("\n")
        printError(entry.readable)
    }
}

extension Buffer {
    /// Appends a moment in milliseconds since 1970 as RFC 3339 has it: `2026-11-21T09:08:07.006Z`.
    mutating func append(timestamp milliseconds: Int64) {
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
        for _ in 1..<digits {
            if value < limit { append("0") }
            limit *= 10
        }
        append(decimal: UInt64(value))
    }
}
