/// Keeps the end of one invocation's log, for `X-Amz-Log-Result`.
///
/// Where invocations overlap, a line of a process is kept for each of them: nobody knows whose it is.
final class LogTail: Observer {
    /// The bytes that are kept, as in Lambda.
    static let limit = 4096
    private let id: String
    private unowned let sandbox: Sandbox
    /// The log so far; nil before its START.
    private var text: [UInt8]?
    private var hasEnded = false
    private var reader: (([UInt8]) -> Void)?

    /// Begins to observe a sandbox for the log of a request that it is about to have.
    init(of id: String, in sandbox: Sandbox) {
        self.id = id
        self.sandbox = sandbox
        sandbox.observers.append(self)
    }

    /// Gives the log away once its REPORT is in it; at once where there was no START.
    func whenEnded(_ reader: @escaping ([UInt8]) -> Void) {
        self.reader = reader
        if text == nil || hasEnded { give() }
    }

    private func give() {
        guard let reader else { return }
        self.reader = nil
        sandbox.observers.removeAll { $0 === self }
        reader(Array((text ?? []).suffix(Self.limit)))
    }

    /// Keeps the line, if it belongs to the request.
    func observe(_ happening: Happening, at time: HappeningTime, memory: Int) {
        switch happening {
        case .note(.invocationStarted(id, _, _)): text = []
        case .output(_, let line): append(line.array)
        case .platform(let record):
            guard record.isTelemetry, record.requestID == nil || record.requestID == id else { return }
            for line in record.lines(for: sandbox.settings) { append(Array(line.utf8)) }
            if case .report = record.kind, record.requestID == id {
                hasEnded = true
                give()
            }
        case .note, .answered: break
        }
    }

    private func append(_ line: [UInt8]) {
        guard var text, !hasEnded else { return }
        self.text = nil
        text += line
        text.append(ASCII.lineFeed)
        if text.count > 4 * Self.limit { text.removeFirst(text.count - Self.limit) }
        self.text = text
    }
}
