import HTTP1

nonisolated(unsafe) private var table = FieldTable()
nonisolated(unsafe) private var otherTable = FieldTable()

/// The head of a request: judged alike at every split, as the reference parser of the tests judges it, and as SwiftNIO
/// does but for the written differences.
func checkRequestHead(_ bytes: ByteView) {
    let verdict = requestVerdict(bytes, &table)
    checkSplits(of: bytes, verdict) { requestOutline($0, &otherTable) }
    compareWithReference(bytes.array, verdict)
    judgeRequest(bytes, verdict)
}

private func compareWithReference(_ bytes: [UInt8], _ verdict: Verdict<RequestSummary>) {
    switch (verdict, referenceRequest(bytes)) {
    case (.complete(let summary, let length), let reference?):
        expectEqual(summary, reference.summary, "the parser and the reference")
        expectEqual(length, reference.length, "the parser's length and the reference's")
    case (.refused(.targetTooLong), _), (.refused(.tooManyFields), _), (.refused(.headTooLarge), _): break
    case (.complete, nil), (.partial, _?), (.refused, _?): fail("the reference says otherwise than \(verdict)")
    case (.partial, nil), (.refused, nil): break
    }
}

private func requestOutline(_ bytes: ByteView, _ table: inout FieldTable) -> Outline {
    do {
        switch try parseRequestHead(bytes, fields: &table) {
        case .partial: return .partial
        case .complete(let head, let length):
            return .complete(
                framing: head.framing, isKeepAlive: head.isKeepAlive, fields: head.fields(in: bytes, table).count,
                length: length)
        }
    } catch {
        return .refused(error)
    }
}
