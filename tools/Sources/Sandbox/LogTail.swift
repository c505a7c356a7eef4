/// Keeps the end of the log of each invocation that asked for it, for `X-Amz-Log-Result`.
public final class LogTail: Observer {
    /// The bytes that are kept, as in Lambda.
    public static let limit = 4096
    private let platform: PlatformLines
    private var wanted: Set<String> = []
    private var current: String?
    private var text: [UInt8] = []

    /// Keeps nothing yet.
    public init(memorySize: Int) { platform = PlatformLines(memorySize: memorySize) }

    /// Keeps the log of a request that is about to be invoked.
    public func keep(_ id: String) { wanted.insert(id) }

    /// What there is of a request's log so far; it is forgotten with that.
    public func take(_ id: String) -> [UInt8] {
        wanted.remove(id)
        return id == current ? Array(text.suffix(Self.limit)) : []
    }

    /// Keeps the line, if it belongs to a wanted request.
    public func observe(_ happening: Happening, at time: HappeningTime, memory: Int) {
        if case .note(.invocationStarted(let id, _, _)) = happening {
            current = wanted.contains(id) ? id : nil
            text = []
        }
        guard current != nil else { return }
        switch happening {
        case .output(_, let line): append(line.array)
        case .note(.stopped), .answered: break
        case .note:
            for line in platform.lines(for: happening, at: time, memory: memory) { append(Array(line.utf8)) }
        }
    }

    private func append(_ line: [UInt8]) {
        text += line
        text.append(ASCII.lineFeed)
        if text.count > 4 * Self.limit { text.removeFirst(text.count - Self.limit) }
    }
}
