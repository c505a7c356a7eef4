/// Keeps the end of the log of each invocation that asked for it, for `X-Amz-Log-Result`.
///
/// Where invocations overlap, a line of a process is kept for each of them: nobody knows whose it is.
package final class LogTail: Observer {
    /// The bytes that are kept, as in Lambda.
    package static let limit = 4096
    private let settings: Settings
    /// The log so far of each invocation that asked for it, by request id; nil before its START.
    private var texts: [String: [UInt8]?] = [:]

    /// Keeps nothing yet.
    package init(settings: Settings) { self.settings = settings }

    /// Keeps the log of a request that is about to be invoked.
    package func keep(_ id: String) { texts[id] = .some(nil) }

    /// Returns a request's log so far, and forgets it.
    package func take(_ id: String) -> [UInt8] {
        Array((texts.removeValue(forKey: id)?.flatMap { $0 } ?? []).suffix(Self.limit))
    }

    /// Keeps the line, if it belongs to a wanted request.
    package func observe(_ happening: Happening, at time: HappeningTime, memory: Int) {
        guard !texts.isEmpty else { return }
        switch happening {
        case .note(.invocationStarted(let id, _, _)): if texts[id] != nil { texts[id] = [] }
        case .output(_, let line): for id in texts.keys { append(line.array, to: id) }
        case .platform(let record):
            guard record.isTelemetry else { return }
            for line in record.lines(for: settings) {
                for id in texts.keys where record.requestID == nil || record.requestID == id {
                    append(Array(line.utf8), to: id)
                }
            }
        case .note, .answered: break
        }
    }

    private func append(_ line: [UInt8], to id: String) {
        guard var text = texts[id].flatMap({ $0 }) else { return }
        text += line
        text.append(ASCII.lineFeed)
        if text.count > 4 * Self.limit { text.removeFirst(text.count - Self.limit) }
        texts[id] = text
    }
}
