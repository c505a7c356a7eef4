import HTTP1

/// Everything a parser can say about some bytes, comparable. The fuzzer judges with these, too.
enum Verdict<Summary: Equatable>: Equatable {
    case partial
    case complete(Summary, length: Int)
    case refused(HTTPParseError)
}

func requestVerdict(_ bytes: ByteView, _ table: inout FieldTable) -> Verdict<RequestSummary> {
    requestVerdict(bytes, &table, limit: HTTPLimits.headBytes)
}

func requestVerdict(_ bytes: ByteView, _ table: inout FieldTable, limit: Int) -> Verdict<RequestSummary> {
    do {
        switch try parseRequestHead(bytes, fields: &table, limit: limit) {
        case .partial: return .partial
        case .complete(let head, let length):
            let summary = RequestSummary(
                method: head.method(in: bytes).string, target: head.target(in: bytes).string, version: head.version,
                framing: head.framing, isKeepAlive: head.isKeepAlive, expectsContinue: head.expectsContinue,
                fields: Field.all(in: head.fields(in: bytes, table)))
            return .complete(summary, length: length)
        }
    } catch {
        return .refused(error)
    }
}

func responseVerdict(_ bytes: ByteView, _ table: inout FieldTable) -> Verdict<ResponseSummary> {
    do {
        return responseVerdict(try parseResponseHead(bytes, fields: &table), in: bytes, table)
    } catch {
        return .refused(error)
    }
}

/// The same for a parser that takes folds.
func foldedResponseVerdict(_ bytes: ByteView, _ table: inout FieldTable) -> Verdict<ResponseSummary> {
    var buffer = Buffer()
    buffer.append(bytes)
    do {
        let status = try parseResponseHead(&buffer, fields: &table)
        return responseVerdict(status, in: buffer.readable, table)
    } catch {
        return .refused(error)
    }
}

private func responseVerdict(
    _ status: ParseStatus<ResponseHead>, in bytes: ByteView, _ table: borrowing FieldTable
) -> Verdict<ResponseSummary> {
    switch status {
    case .partial: return .partial
    case .complete(let head, let length):
        let summary = ResponseSummary(
            status: head.status, reason: head.reason(in: bytes).string, version: head.version,
            framing: head.framing(toHead: false), isKeepAlive: head.isKeepAlive,
            fields: Field.all(in: head.fields(in: bytes, table)))
        return .complete(summary, length: length)
    }
}

func trailersVerdict(_ bytes: ByteView, _ table: inout FieldTable) -> Verdict<[Field]> {
    do {
        switch try parseTrailers(bytes, fields: &table) {
        case .partial: return .partial
        case .complete(let fields, let length): return .complete(Field.all(in: fields), length: length)
        }
    } catch {
        return .refused(error)
    }
}
