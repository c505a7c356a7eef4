import HTTP1

/// As much of a verdict as costs no memory, to be compared at every split.
enum Outline: Equatable {
    case partial
    case complete(framing: BodyFraming, isKeepAlive: Bool, fields: Int, length: Int)
    case refused(HTTPParseError)

    init(_ verdict: Verdict<RequestSummary>) {
        switch verdict {
        case .partial: self = .partial
        case .refused(let fault): self = .refused(fault)
        case .complete(let head, let length):
            self = .complete(
                framing: head.framing, isKeepAlive: head.isKeepAlive, fields: head.fields.count, length: length)
        }
    }

    init(_ verdict: Verdict<ResponseSummary>) {
        switch verdict {
        case .partial: self = .partial
        case .refused(let fault): self = .refused(fault)
        case .complete(let head, let length):
            self = .complete(
                framing: head.framing, isKeepAlive: head.isKeepAlive, fields: head.fields.count, length: length)
        }
    }
}
