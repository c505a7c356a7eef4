import HTTP1

/// What the summaries of both kinds of heads have.
protocol HeadSummary: Equatable {
    var version: HTTPVersion { get }
    var framing: BodyFraming { get }
    var isKeepAlive: Bool { get }
    var fields: [Field] { get }
    /// True if another head follows.
    var isInterim: Bool { get }
}

extension RequestSummary: HeadSummary {
    var isInterim: Bool { false }
}

extension ResponseSummary: HeadSummary {
    var isInterim: Bool { status < 200 }
}

/// As much of a verdict as costs no memory, to be compared at every split.
enum Outline: Equatable {
    case partial
    case complete(framing: BodyFraming, isKeepAlive: Bool, fields: Int, length: Int)
    case refused(HTTPParseError)

    init(_ verdict: Verdict<some HeadSummary>) {
        switch verdict {
        case .partial: self = .partial
        case .refused(let fault): self = .refused(fault)
        case .complete(let head, let length):
            self = .complete(
                framing: head.framing, isKeepAlive: head.isKeepAlive, fields: head.fields.count, length: length)
        }
    }
}

/// Every beginning of a head is judged like the whole, or not yet.
func checkSplits(of bytes: ByteView, _ verdict: Verdict<some HeadSummary>, _ outline: (ByteView) -> Outline) {
    for length in prefixLengths(of: bytes) {
        let ours = withExactCopy(bytes[0..<length], outline)
        if ours != .partial { expectEqual(ours, Outline(verdict), "the first \(length) bytes and all of them") }
    }
}
