import HoldPolicy
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
            var number = 0
            while let level = Level(rawValue: number) {
                if text.equalsIgnoringCase(ByteView(level.name)) {
                    self = level
                    return
                }
                number += 1
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
    /// Where entries go instead of standard error, if it is open.
    var journal = JournalSink()
    private var message = Buffer()
    private var time = Buffer()
    private var entry = Buffer()

    /// Writes one entry.
    ///
    /// - Parameters:
    ///   - event: what kind of entry it is.
    ///   - error: the failed system call's error, if the entry is about one.
    ///   - message: appends the text, one line.
    // Inlined, so that what only a journal asks for costs nothing in a build without one.
    @inline(__always)
    func write(
        _ level: Level, _ event: LogEvent, error: Errno? = nil,
        file: StaticString = #fileID, line: Int = #line, function: StaticString = #function,
        _ message: (inout Buffer) -> Void
    ) {
        guard begins(level) else { return }
        message(&self.message)
        send(level, from: LogOrigin(event, error: error, file: file, line: line, function: function))
    }

    /// Writes one entry about the end of a hold.
    @inline(__always)
    func write(
        _ level: Level, _ event: LogEvent, hold: EndedHold,
        file: StaticString = #fileID, line: Int = #line, function: StaticString = #function,
        _ message: (inout Buffer) -> Void
    ) {
        guard begins(level) else { return }
        message(&self.message)
        let origin = LogOrigin(event, error: nil, file: file, line: line, function: function)
        send(level, from: origin, hold: hold)
    }

    /// Whether entries of this level are written.
    func writes(_ level: Level) -> Bool { level.rawValue >= threshold.rawValue }

    /// Whether an entry of this level is written; the message is empty then.
    private func begins(_ level: Level) -> Bool {
        guard writes(level) else { return false }
        message.removeAll()
        return true
    }

    @inline(never)
    private func send(_ level: Level, from origin: LogOrigin) { send(level, from: origin, hold: nil) }

    /// Sends the message to where entries go.
    // Apart from the message's closure, or the compiler would make a copy of all this for each one.
    @inline(never)
    private func send(_ level: Level, from origin: LogOrigin, hold: EndedHold?) {
        if journal.send(level, from: origin, hold: hold, message.readable) { return }
        entry.removeAll()
        switch format {
        case .text:
            entry.append("postinvoke: ")
            entry.append(self.message.readable)
        case .json:
            time.removeAll()
            time.append(timestamp: WallClock.milliseconds)
            let (time, text) = (time.readable, message.readable)
            entry.appendJSONObject { object in
                object.field("timestamp", time)
                object.field("level", ByteView(level.name))
                object.field("logger", "postinvoke")
                object.field("message", text)
                if let hold {
                    hold.requestID.withBytes { object.field("requestId", ByteView($0)) }
                    object.field("heldMicroseconds", hold.microseconds)
                    object.field("reason", ByteView(hold.reason.name))
                }
            }
        }
        entry.append("\n")
        printError(entry.readable)
    }
}
