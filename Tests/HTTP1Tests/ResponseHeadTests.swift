import HTTP1
import TestSupport
import Testing

@Suite struct ResponseHeadTests {
    static let good: [(String, ResponseSummary)] = [
        ("HTTP/1.1 200 OK\r\n\r\n", ResponseSummary()),
        ("HTTP/1.9 200 OK\r\n\r\n", ResponseSummary()),
        ("HTTP/1.0 200 OK\r\n\r\n", ResponseSummary(version: .http10, isKeepAlive: false)),
        ("HTTP/1.1 999 \r\n\r\n", ResponseSummary(status: 999, reason: "")),
        ("HTTP/1.1 404 Not\tFound, caf\u{E9} \r\n\r\n", ResponseSummary(status: 404, reason: "Not\tFound, caf\u{E9} ")),
        (
            "HTTP/1.1 202 Accepted\r\nContent-Length: 16\r\n\r\n",
            ResponseSummary(
                status: 202, reason: "Accepted", framing: .length(16), fields: [Field("Content-Length", "16")])
        ),
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n",
            ResponseSummary(
                framing: .chunked, isKeepAlive: false,
                fields: [Field("Transfer-Encoding", "chunked"), Field("Connection", "close")])
        ),
        // Rules for requests only mean nothing here.
        (
            "HTTP/1.1 200 OK\r\nHost: a b\r\nHost: c\r\nExpect: x\r\n\r\n",
            ResponseSummary(fields: [Field("Host", "a b"), Field("Host", "c"), Field("Expect", "x")])
        ),
    ]

    @Test(arguments: good)
    func isUnderstoodAtEverySplit(text: String, summary: ResponseSummary) {
        let bytes = Array(text.utf8)
        for following in ["", "HTTP/1.1", "\0"] {
            let (verdict, decidedAt) = verdictOfEveryPrefix(bytes + Array(following.utf8), responseVerdict)
            #expect(verdict == .complete(summary, length: bytes.count))
            #expect(decidedAt == bytes.count)
        }
    }

    static let start = "HTTP/1.1 200 OK\r\n"

    static let bad: [BadHead] = [
        BadHead("", "\r\n", .malformedVersion),
        BadHead("", "http", .malformedVersion),
        BadHead("HTTP/", "2 200", .unsupportedVersion),
        BadHead("HTTP/1.1", "0 200", .malformedVersion),
        BadHead("HTTP/1.1", "\t200", .malformedVersion),
        BadHead("HTTP/1.1", "\r\n", .malformedVersion),
        BadHead("HTTP/1.1 ", " 200", .malformedStatus),
        BadHead("HTTP/1.1 ", "099", .malformedStatus),
        BadHead("HTTP/1.1 2", "x0", .malformedStatus),
        BadHead("HTTP/1.1 20", "\r\n", .malformedStatus),
        BadHead("HTTP/1.1 200", "0 OK", .malformedStatus),
        BadHead("HTTP/1.1 200", "\r\n", .malformedStatus),
        BadHead("HTTP/1.1 200 O", "\0K", .malformedReason),
        BadHead("HTTP/1.1 200 OK", "\n", .bareLineFeed),
        BadHead("HTTP/1.1 200 OK\r", "\r", .bareCarriageReturn),
        BadHead(start, " folded", .foldedField),
        BadHead(start + "A", " : b", .malformedFieldName),
        BadHead(start + "Content-Length: 1\r\nContent-Length: 2\r", "\n", .differingContentLengths),
        BadHead(start + "Content-Length: 1\r\nTransfer-Encoding: chunked\r", "\n", .lengthWithTransferEncoding),
        BadHead(start + "Transfer-Encoding: gzip\r", "\n", .unknownTransferCoding),
        BadHead("HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r", "\n", .transferEncodingInHTTP10),
    ]

    @Test(arguments: bad)
    func isRefusedAtTheFirstByteThatProvesTheFault(head: BadHead) { head.check(responseVerdict) }

    /// RFC 9112 section 5.2: a user agent replaces folds by spaces before it interprets a field.
    @Test(arguments: [
        ("A: b\r\n c\r\n\r\n", "b   c"), ("A: b\r\n\tc\r\n\r\n", "b  \tc"), ("A:\r\n b\r\n\r\n", "b"),
        ("A: b \r\n \r\n \t c\r\n\r\n", "b       \t c"), ("A: b\r\n \r\n\r\n", "b"),
    ])
    func aFoldIsSpacesAtEverySplit(fields: String, value: String) {
        let text = "HTTP/1.1 200 OK\r\nContent-Length:\r\n 5\r\n\(fields)"
        let summary = ResponseSummary(
            framing: .length(5), fields: [Field("Content-Length", "5"), Field("A", value)])
        let bytes = Array(text.utf8)
        for following in ["", "x\r\n y", "\0"] {
            let (verdict, decidedAt) = verdictOfEveryPrefix(bytes + Array(following.utf8), foldedResponseVerdict)
            #expect(verdict == .complete(summary, length: bytes.count))
            #expect(decidedAt == bytes.count)
        }
    }

    @Test(arguments: [
        BadHead(start, " A: b", .foldedField), BadHead(start, "\tA: b\r\nC: d\r\n e", .foldedField),
        BadHead(start + "A: b\r\n c", "\n", .bareLineFeed), BadHead(start + "A: b\r\n c\r", "d", .bareCarriageReturn),
        BadHead(start + "A: b\r\n c\r\n", ": d", .malformedFieldName),
        BadHead(start + "Content-Length: 1\r\n 2\r\n", "A: b", .malformedContentLength),
        BadHead(start + "Content-Length: x\r\n", "A: b", .malformedContentLength),
        BadHead(start + "Content-Length: x\r\n", "\r\n", .malformedContentLength),
        BadHead(start + "Transfer-Encoding: chunked\r\n ,\r\n\tgzip\r\n", "\r\n", .unknownTransferCoding),
        BadHead(start + "A: b\r\n c", "\0", .malformedFieldValue),
    ])
    func whatIsNoFoldStaysWrong(head: BadHead) { head.check(foldedResponseVerdict) }

    @Test func aHeadFullOfFoldsEnds() {
        let folds = String(repeating: "\r\n ", count: 5_000)
        let bytes = Array("\(Self.start)A:\(folds)b\r\n\r\n".utf8)
        #expect(
            verdict(bytes, foldedResponseVerdict)
                == .complete(ResponseSummary(fields: [Field("A", "b")]), length: bytes.count))
        let longer = Array("\(Self.start)A:\(folds)\(folds)b\r\n\r\n".utf8)
        #expect(verdict(longer, foldedResponseVerdict) == .refused(.headTooLarge))
    }

    /// RFC 9112 section 6.3: some responses have no body, whatever their fields say.
    @Test(arguments: [
        (100, "Content-Length: 5", true, BodyFraming.none, BodyFraming.none),
        (101, "Content-Length: 5", false, .none, .none),
        (103, "Transfer-Encoding: chunked", true, .none, .none),
        (200, "Content-Length: 5", false, .length(5), .none),
        (200, "Transfer-Encoding: chunked", false, .chunked, .none),
        (200, "A: b", false, .untilClose, .none),
        (204, "Content-Length: 5", false, .none, .none),
        (205, "Content-Length: 0", false, .length(0), .none),
        (304, "Content-Length: 5", false, .none, .none),
        (404, "A: b", false, .untilClose, .none),
    ])
    func framesByStatus(status: Int, field: String, isInterim: Bool, framing: BodyFraming, toHead: BodyFraming) throws {
        let bytes = GuardedBytes("HTTP/1.1 \(status) x\r\n\(field)\r\n\r\n".utf8)
        var table = FieldTable()
        try bytes.withView { view in
            guard case .complete(let head, let length) = try parseResponseHead(view, fields: &table) else {
                Issue.record("incomplete")
                return
            }
            #expect(length == view.count)
            #expect(head.isInterim == isInterim)
            #expect(head.framing(toHead: false) == framing)
            #expect(head.framing(toHead: true) == toHead)
        }
    }
}
