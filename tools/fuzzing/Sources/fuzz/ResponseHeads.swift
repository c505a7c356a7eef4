import HTTP1

nonisolated(unsafe) private var table = FieldTable()
nonisolated(unsafe) private var otherTable = FieldTable()

/// The head of a response: judged alike at every split, and as SwiftNIO does but for the written differences.
func checkResponseHead(_ bytes: ByteView) {
    let verdict = responseVerdict(bytes, &table)
    for length in prefixLengths(of: bytes) {
        let ours = withExactCopy(bytes[0..<length]) { responseOutline($0, &otherTable) }
        guard ours != .partial else { continue }
        expectEqual(ours, Outline(verdict), "the first \(length) bytes and all of them")
    }
    judgeResponse(bytes, verdict)
}

func responseVerdict(_ bytes: ByteView, _ table: inout FieldTable) -> Verdict<ResponseSummary> {
    do {
        switch try parseResponseHead(bytes, fields: &table) {
        case .partial: return .partial
        case .complete(let head, let length):
            let summary = ResponseSummary(
                status: head.status, reason: head.reason(in: bytes).string, version: head.version,
                framing: head.framing(toHead: false), isKeepAlive: head.isKeepAlive,
                fields: Field.all(in: head.fields(in: bytes, table)))
            return .complete(summary, length: length)
        }
    } catch {
        return .refused(error)
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
