/// Keeps the end of the log of each invocation that asked for it, for `X-Amz-Log-Result`.
///
/// Where invocations overlap, a line of a process is kept for each of them: nobody knows whose it is.
package final class LogTail: Observer {
    /// The bytes that are kept, as in Lambda.
    package static let limit = 4096
    private let settings: Settings
    private struct Log {
        /// Nil before its START.
        var text: [UInt8]?
        var hasEnded = false
        /// Takes it when it has ended.
        var reader: (([UInt8]) -> Void)?
    }

    /// The log so far of each invocation that asked for it, by request id.
    private var logs: [String: Log] = [:]

    /// Keeps nothing yet.
    package init(settings: Settings) { self.settings = settings }

    /// Keeps the log of a request that is about to be invoked.
    package func keep(_ id: String) { logs[id] = Log() }

    /// Gives a request's log away once its REPORT is in it; at once where there was no START.
    package func whenEnded(_ id: String, _ reader: @escaping ([UInt8]) -> Void) {
        logs[id]?.reader = reader
        if logs[id]?.text == nil || logs[id]?.hasEnded == true { give(id) }
    }

    private func give(_ id: String) {
        guard let reader = logs[id]?.reader, let log = logs.removeValue(forKey: id) else { return }
        reader(Array((log.text ?? []).suffix(Self.limit)))
    }

    /// Keeps the line, if it belongs to a wanted request.
    package func observe(_ happening: Happening, at time: HappeningTime, memory: Int) {
        guard !logs.isEmpty else { return }
        switch happening {
        case .note(.invocationStarted(let id, _, _)): logs[id]?.text = []
        case .output(_, let line): for id in logs.keys { append(line.array, to: id) }
        case .platform(let record):
            guard record.isTelemetry else { return }
            for line in record.lines(for: settings) {
                for id in logs.keys where record.requestID == nil || record.requestID == id {
                    append(Array(line.utf8), to: id)
                }
            }
            if case .report(let report, _) = record.kind {
                logs[report.id]?.hasEnded = true
                give(report.id)
            }
        case .note, .answered: break
        }
    }

    private func append(_ line: [UInt8], to id: String) {
        guard var text = logs[id]?.text else { return }
        text += line
        text.append(ASCII.lineFeed)
        if text.count > 4 * Self.limit { text.removeFirst(text.count - Self.limit) }
        logs[id]?.text = text
    }
}
