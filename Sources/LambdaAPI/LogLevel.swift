/// The importance of a log entry ("Configuring advanced logging controls for Lambda functions").
package enum LogLevel: Int, Sendable {
    case trace, debug, info, warn, error, fatal

    /// Reads Lambda's word for a level, in any case.
    package init?(_ text: ByteView) {
        var number = 0
        while let level = LogLevel(rawValue: number) {
            if text.equalsIgnoringCase(ByteView(level.name)) {
                self = level
                return
            }
            number += 1
        }
        return nil
    }

    /// Lambda's word for the level.
    package var name: StaticString {
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
