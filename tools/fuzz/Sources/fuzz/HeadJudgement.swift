import HTTP1
import NIOHTTP1

/// The head of a message as SwiftNIO has it.
private protocol NIOHead: Equatable {
    var version: NIOHTTP1.HTTPVersion { get }
    var headers: HTTPHeaders { get }
}

extension HTTPRequestHead: NIOHead {}
extension HTTPResponseHead: NIOHead {}

/// Asks SwiftNIO about a request head; where it does not agree, the difference must be a written one.
func judgeRequest(_ bytes: ByteView, _ verdict: Verdict<RequestSummary>) {
    judge(bytes, verdict, .request, NIOJudge.request) { ours, theirs, head in
        if ours.method != theirs.method.rawValue { differ(.otherwise(.request, "the method"), head) }
        if ours.target != theirs.uri { differ(.otherwise(.request, "the target"), head) }
        if ours.isKeepAlive != theirs.isKeepAlive { differ(.otherwise(.request, "keeping alive"), head) }
    }
}

/// Asks SwiftNIO about a response head; where it does not agree, the difference must be a written one.
func judgeResponse(_ bytes: ByteView, _ verdict: Verdict<ResponseSummary>) {
    judge(bytes, verdict, .response, NIOJudge.response) { ours, theirs, head in
        if ours.status != Int(theirs.status.code) { differ(.otherwise(.response, "the status"), head) }
    }
}

private func judge<Ours: HeadSummary, Theirs: NIOHead>(
    _ bytes: ByteView, _ verdict: Verdict<Ours>, _ place: Place, _ read: ([[UInt8]]) -> NIOJudge.Reading<Theirs>,
    _ compare: (Ours, Theirs, _ head: [UInt8]) -> Void
) {
    switch verdict {
    case .partial:
        let theirs = read([completeLines(of: bytes)])
        if theirs.head != nil { return differ(.otherwise(place, "the end of the head"), bytes.array) }
        if let fault = theirs.fault { differ(.onlyTheyRefuse(place, fault), bytes.array) }
    case .refused(let fault):
        let theirs = read([bytes.array])
        if theirs.fault == nil, theirs.head != nil { differ(.onlyWeRefuse(place, fault), bytes.array) }
    case .complete(let ours, let length):
        let head = bytes[0..<length].array
        let theirs = read([head])
        guard let found = theirs.head, theirs.fault == nil else {
            return differ(.onlyTheyRefuse(place, theirs.fault ?? "nothing"), head)
        }
        if (ours.version == .http11) != (found.version == .http1_1) { differ(.otherwise(place, "the version"), head) }
        judgeFields(ours.fields, found.headers, place, head)
        compare(ours, found, head)
        // Behind an interim response comes another head, whatever its fields say.
        if !ours.isInterim { judgeFraming(ours.framing, theirs.isOver, place, head) { read([head] + $0) } }
    }
}

/// A line is judged when it has ended; SwiftNIO may know sooner.
private func completeLines(of bytes: ByteView) -> [UInt8] {
    let all = bytes.array
    return Array(all[..<(all.lastIndex(of: ASCII.lineFeed).map { $0 + 1 } ?? 0)])
}

/// Names and values, without what Difference ``Difference/blanks`` is about.
private func judgeFields(_ ours: [Field], _ theirs: HTTPHeaders, _ place: Place, _ head: [UInt8]) {
    let mine = ours.map { [String(decoding: $0.name, as: UTF8.self), String(decoding: $0.value, as: UTF8.self)] }
    let other = theirs.map { [$0.name, $0.value.withByteView { $0.trimmed.string }] }
    if mine != other { differ(.otherwise(place, "the fields"), head) }
}

/// Returns true if the message ends where we say: what two parsers see differently there is how requests are smuggled.
private func judgeFraming<Head: Equatable>(
    _ ours: BodyFraming, _ isOver: Bool, _ place: Place, _ head: [UInt8], _ read: ([[UInt8]]) -> NIOJudge.Reading<Head>
) {
    let chunks = Array("1\r\nx\r\n0\r\n\r\n".utf8)
    switch ours {
    case .none, .length(0): if !isOver { differ(.otherwise(place, "a body where there is none"), head) }
    case .length(let length):
        if isOver { return differ(.otherwise(place, "no body where there is one"), head) }
        guard length <= 64 else { return }
        let body = [UInt8](repeating: 0x78, count: Int(length))
        if read([Array(body.dropLast())]).isOver { differ(.otherwise(place, "a shorter body"), head) }
        let whole = read([body])
        if !whole.isOver || whole.body.count != body.count { differ(.otherwise(place, "a longer body"), head) }
    case .chunked:
        if isOver { return differ(.otherwise(place, "no body where there is one"), head) }
        let whole = read([chunks])
        if !whole.isOver || whole.body != [0x78] { differ(.otherwise(place, "no chunks"), head) }
    case .untilClose:
        if isOver { return differ(.otherwise(place, "no body where there is one"), head) }
        let more = read([chunks])
        if more.isOver || more.body.count != chunks.count { differ(.otherwise(place, "a body with an end"), head) }
    }
}
