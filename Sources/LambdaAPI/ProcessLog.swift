/// The log of a library in a function's process: entries on standard error, as the function's owner wants them.
package struct ProcessLog: Sendable {
    /// Entries of a lower level are not written.
    package var threshold: LogLevel
    /// The form of the entries.
    package var format: LogFormat

    /// A log of these settings.
    package init(threshold: LogLevel = .info, format: LogFormat = .text) {
        self.threshold = threshold
        self.format = format
    }

    /// The process's own, by `AWS_LAMBDA_LOG_FORMAT` and `AWS_LAMBDA_LOG_LEVEL`. What cannot be read counts as not set: no
    /// function fails because of its log.
    package static let shared = ProcessLog(
        threshold: ProcessEnvironment.value(of: "AWS_LAMBDA_LOG_LEVEL").flatMap { LogLevel($0) } ?? .info,
        format: ProcessEnvironment.value(of: "AWS_LAMBDA_LOG_FORMAT").flatMap { LogFormat($0) } ?? .text)

    /// Writes an entry to standard error.
    ///
    /// - Parameters:
    ///   - logger: the part of the program that speaks.
    ///   - requestID: the invocation that the entry is about.
    ///   - message: the text; not asked for when the level is not written.
    package static func write(
        _ level: LogLevel, logger: StaticString, requestID: String? = nil, _ message: @autoclosure () -> String
    ) {
        let entry = shared.entry(level, logger: logger, requestID: requestID, message(), at: WallClock.milliseconds)
        entry?.withByteView { StandardStream.error.write($0) }
    }

    /// The bytes of an entry; nil when its level is not written.
    package func entry(
        _ level: LogLevel, logger: StaticString, requestID: String? = nil, _ message: @autoclosure () -> String,
        at milliseconds: Int64
    ) -> [UInt8]? {
        guard level.rawValue >= threshold.rawValue else { return nil }
        var buffer = Buffer(capacity: 256)
        message().withByteView { message in
            (requestID ?? "").withByteView { id in
                LogEntry(level, logger: logger, requestID: requestID == nil ? nil : id, message: message)
                    .append(to: &buffer, as: format, at: milliseconds)
            }
        }
        return buffer.readable.array
    }
}
