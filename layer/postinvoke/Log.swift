import Hold
import LambdaExtension

/// Lines on standard error, as text or as JSON ("Using the advanced logging controls").
///
/// One write(2) an entry, from a buffer that is kept.
final class Log {
    /// Entries of a lower level are not written.
    var threshold = LogLevel.info
    var format = LogFormat.text
    /// The sink that entries go to instead of standard error, if it is open.
    var journal = JournalSink()
    private var message = Buffer()
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
        _ level: LogLevel, _ event: LogEvent, error: Errno? = nil,
        file: StaticString = #fileID, line: Int = #line, function: StaticString = #function,
        _ message: (inout Buffer) -> Void
    ) {
        guard begins(level) else { return }
        message(&self.message)
        send(level, from: LogOrigin(event: event, error: error, file: file, line: line, function: function))
    }

    /// Writes one entry about the end of a hold.
    @inline(__always)
    func write(
        _ level: LogLevel, _ event: LogEvent, hold: EndedHold,
        file: StaticString = #fileID, line: Int = #line, function: StaticString = #function,
        _ message: (inout Buffer) -> Void
    ) {
        guard begins(level) else { return }
        message(&self.message)
        let origin = LogOrigin(event: event, error: nil, file: file, line: line, function: function)
        send(level, from: origin, hold: hold)
    }

    /// Returns true if entries of this level are written.
    func writes(_ level: LogLevel) -> Bool { level.rawValue >= threshold.rawValue }

    /// Returns true if an entry of this level is written; the message is empty then.
    private func begins(_ level: LogLevel) -> Bool {
        guard writes(level) else { return false }
        message.removeAll()
        return true
    }

    @inline(never)
    private func send(_ level: LogLevel, from origin: LogOrigin) { send(level, from: origin, hold: nil) }

    /// Sends the message to where entries go.
    // Apart from the message's closure, or the compiler would make a copy of all this for each one.
    @inline(never)
    private func send(_ level: LogLevel, from origin: LogOrigin, hold: EndedHold?) {
        if journal.send(level, from: origin, hold: hold, message.readable) { return }
        entry.removeAll()
        LogEntry(level, logger: "postinvoke", message: self.message.readable)
            .append(to: &entry, as: format, at: WallClock.milliseconds) { object in
                guard let hold else { return }
                hold.requestID.withBytes { object.field("requestId", ByteView($0)) }
                object.field("heldMicroseconds", hold.microseconds)
                object.field("reason", ByteView(hold.reason.name))
            }
        StandardStream.error.write(entry.readable)
    }
}
