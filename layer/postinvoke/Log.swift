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
    private var time = Buffer()
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
            time.removeAll()
            time.append(timestamp: WallClock.milliseconds)
            let (time, text) = (time.readable, self.message.readable)
            entry.appendJSONObject { object in
                object.field("timestamp", time)
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
