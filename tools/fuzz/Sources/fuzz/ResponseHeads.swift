import HTTP1

nonisolated(unsafe) private var table = FieldTable()
nonisolated(unsafe) private var otherTable = FieldTable()

/// The head of a response: judged alike at every split, with its folds taken or refused, and as SwiftNIO does but for the written
/// differences.
func checkResponseHead(_ bytes: ByteView) {
    let verdict = responseVerdict(bytes, &table)
    checkSplits(of: bytes, verdict) { responseOutline($0, &otherTable) }
    checkFolds(bytes, verdict)
    judgeResponse(bytes, verdict)
}

/// The parser that takes folds says of a head without any what the other says, and of every other the same at every split.
private func checkFolds(_ bytes: ByteView, _ strict: Verdict<ResponseSummary>) {
    let verdict = foldedResponseVerdict(bytes, &table)
    if case .complete = strict {
        expectEqual(verdict, strict, "a head without folds, read by the parser that takes them")
    }
    for length in prefixLengths(of: bytes) {
        let ours = withExactCopy(bytes[0..<length]) { foldedResponseVerdict($0, &otherTable) }
        if ours != .partial { expectEqual(ours, verdict, "the first \(length) bytes and all of them, with folds") }
    }
}

private func responseOutline(_ bytes: ByteView, _ table: inout FieldTable) -> Outline {
    do {
        switch try parseResponseHead(bytes, fields: &table) {
        case .partial: return .partial
        case .complete(let head, let length):
            return .complete(
                framing: head.framing(toHead: false), isKeepAlive: head.isKeepAlive,
                fields: head.fields(in: bytes, table).count, length: length)
        }
    } catch {
        return .refused(error)
    }
}
