import HTTP1
import TestSupport
import Testing

@Suite struct RequestHeadTests {
    /// A good head, and what follows it must not matter.
    struct Good: CustomTestStringConvertible {
        let text: String
        let summary: RequestSummary
        var testDescription: String { text.debugDescription }

        init(_ text: String, _ summary: RequestSummary) {
            self.text = text
            self.summary = summary
        }
    }

    static let host = Field("Host", "h")

    static let good: [Good] = [
        Good("GET / HTTP/1.1\r\nHost: h\r\n\r\n", RequestSummary(fields: [host])),
        Good("\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n", RequestSummary(fields: [host])),
        Good("GET / HTTP/1.2\r\nHost: h\r\n\r\n", RequestSummary(fields: [host])),
        Good("GET / HTTP/1.0\r\n\r\n", RequestSummary(version: .http10, isKeepAlive: false)),
        Good(
            "POST /done?x=|{}\"~ HTTP/1.1\r\nhOST:127.0.0.1:1339\r\nA:\r\nB: \t \r\nC:  x \t y\t \r\n\r\n",
            RequestSummary(
                method: "POST", target: "/done?x=|{}\"~",
                fields: [Field("hOST", "127.0.0.1:1339"), Field("A", ""), Field("B", ""), Field("C", "x \t y")])),
        Good(
            "!#$%&'*+-.^_`|~09azAZ * HTTP/1.1\r\nHost:\r\n!#$%&'*+-.^_`|~09azAZ: \u{E9}\u{FF}:;\"\\\r\n\r\n",
            RequestSummary(
                method: "!#$%&'*+-.^_`|~09azAZ", target: "*",
                fields: [Field("Host", ""), Field("!#$%&'*+-.^_`|~09azAZ", "\u{E9}\u{FF}:;\"\\")])),
        Good(
            "GET http://[::1]:80/ HTTP/1.1\r\nHost: [::1]:80\r\n\r\n",
            RequestSummary(target: "http://[::1]:80/", fields: [Field("Host", "[::1]:80")])),
        Good(
            "PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n",
            RequestSummary(method: "PUT", framing: .length(0), fields: [host, Field("Content-Length", "0")])),
        Good(
            "PUT / HTTP/1.1\r\nHost: h\r\ncontent-length: 18446744073709551615\r\n\r\n",
            RequestSummary(
                method: "PUT", framing: .length(.max), fields: [host, Field("content-length", "18446744073709551615")])),
        Good(
            "PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 5, 05\t,5\r\nContent-Length: 5\r\n\r\n",
            RequestSummary(
                method: "PUT", framing: .length(5),
                fields: [host, Field("Content-Length", "5, 05\t,5"), Field("Content-Length", "5")])),
        Good(
            "PUT / HTTP/1.1\r\nTransfer-Encoding: ChunkeD\r\nHost: h\r\n\r\n",
            RequestSummary(method: "PUT", framing: .chunked, fields: [Field("Transfer-Encoding", "ChunkeD"), host])),
        Good(
            "PUT / HTTP/1.1\r\nTransfer-Encoding: , chunked ,\r\nHost: h\r\n\r\n",
            RequestSummary(method: "PUT", framing: .chunked, fields: [Field("Transfer-Encoding", ", chunked ,"), host])),
        Good(
            "GET / HTTP/1.1\r\nHost: h\r\nConnection: x, CLOSE\r\nConnection: keep-alive\r\n\r\n",
            RequestSummary(
                isKeepAlive: false,
                fields: [host, Field("Connection", "x, CLOSE"), Field("Connection", "keep-alive")])),
        Good(
            "GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n",
            RequestSummary(version: .http10, isKeepAlive: true, fields: [Field("Connection", "Keep-Alive")])),
        Good(
            "GET / HTTP/1.0\r\nConnection: close, keep-alive\r\n\r\n",
            RequestSummary(version: .http10, isKeepAlive: false, fields: [Field("Connection", "close, keep-alive")])),
        Good(
            "PUT / HTTP/1.1\r\nHost: h\r\nExpect: 100-Continue\r\nContent-Length: 1\r\n\r\n",
            RequestSummary(
                method: "PUT", framing: .length(1), expectsContinue: true,
                fields: [host, Field("Expect", "100-Continue"), Field("Content-Length", "1")])),
        Good(
            "PUT / HTTP/1.0\r\nExpect: 100-continue\r\n\r\n",
            RequestSummary(
                method: "PUT", version: .http10, isKeepAlive: false, fields: [Field("Expect", "100-continue")])),
        // Names as long as those that frame, and others that only begin like them.
        Good(
            "GET / HTTP/1.1\r\nHost: h\r\nHosts: h\r\nContent-Lengthy: x\r\nContent-Lenght: x\r\nTransfer-Encodinh: x\r\n\r\n",
            RequestSummary(fields: [
                host, Field("Hosts", "h"), Field("Content-Lengthy", "x"), Field("Content-Lenght", "x"),
                Field("Transfer-Encodinh", "x"),
            ])),
    ]

    @Test(arguments: good)
    func isUnderstoodAtEverySplit(head: Good) {
        let bytes = Array(head.text.utf8)
        for following in ["", "\r\n", "GET", "\0"] {
            let (verdict, decidedAt) = verdictOfEveryPrefix(bytes + Array(following.utf8), requestVerdict)
            #expect(verdict == .complete(head.summary, length: bytes.count))
            #expect(decidedAt == bytes.count)
        }
    }

    static let line = "GET / HTTP/1.1\r\n"
    static let start = line + "Host: h\r\n"

    static let bad: [BadHead] = [
        // Before and in the method.
        BadHead("", " ", .malformedMethod),
        BadHead("", "\n", .malformedMethod),
        BadHead("", "\0", .malformedMethod),
        BadHead("", "\u{16}\u{3}\u{1}", .malformedMethod),
        BadHead("\r", "G", .bareCarriageReturn),
        BadHead("\r\n", "\r\n", .malformedMethod),
        BadHead("GE", "(", .malformedMethod),
        BadHead("GET", "\t/", .malformedMethod),
        BadHead("GET", "\r\n", .malformedMethod),
        BadHead("GET", "\u{E9}", .malformedMethod),
        // In the target.
        BadHead("GET ", " / HTTP/1.1", .malformedTarget),
        BadHead("GET ", "\r\n", .malformedTarget),
        BadHead("GET /", "\r\n", .malformedTarget),
        BadHead("GET /a", "\t HTTP/1.1", .malformedTarget),
        BadHead("GET /a", "\0", .malformedTarget),
        BadHead("GET /a", "\u{7F}", .malformedTarget),
        BadHead("GET /caf", "\u{E9}", .malformedTarget),
        BadHead("GET /a-longer-target-than-a-word", "\n", .malformedTarget),
        // In the version.
        BadHead("GET / ", " HTTP/1.1", .malformedVersion),
        BadHead("GET / ", "http/1.1", .malformedVersion),
        BadHead("GET / HTT", "X/1.1", .malformedVersion),
        BadHead("GET / HTTP/", "x", .malformedVersion),
        BadHead("GET / HTTP/", "2", .unsupportedVersion),
        BadHead("PRI * HTTP/", "2.0", .unsupportedVersion),
        BadHead("GET / HTTP/", "0.9", .unsupportedVersion),
        BadHead("GET / HTTP/1.", "x", .malformedVersion),
        BadHead("GET / HTTP/1.1", "0", .malformedVersion),
        BadHead("GET / HTTP/1", "1", .malformedVersion),
        BadHead("GET / HTTP/1.", "x", .malformedVersion),
        BadHead("GET / HTTP/1.1", " ", .malformedVersion),
        BadHead("GET / HTTP/1.1", "1", .malformedVersion),
        BadHead("GET / HTTP/1.1", "\n", .bareLineFeed),
        BadHead("GET / HTTP/1.1\r", "H", .bareCarriageReturn),
        BadHead("GET / HTTP/1.1\r", "\r\n", .bareCarriageReturn),
        // In the fields.
        BadHead(line, " Host: h", .foldedField),
        BadHead(line, "\tHost: h", .foldedField),
        BadHead(start + "A: b\r\n", " c", .foldedField),
        BadHead(start, "\n", .bareLineFeed),
        BadHead(start + "\r", "x", .bareCarriageReturn),
        BadHead(start, ": x", .malformedFieldName),
        BadHead(start, "\0", .malformedFieldName),
        BadHead(start + "A", " : b", .malformedFieldName),
        BadHead(start + "A", "\t: b", .malformedFieldName),
        BadHead(start + "A", "\r\n", .malformedFieldName),
        BadHead(start + "A", "\n", .malformedFieldName),
        BadHead(start + "A", "(b)", .malformedFieldName),
        BadHead(start + "A", "\u{E9}: x", .malformedFieldName),
        BadHead(start + "A: b", "\n", .bareLineFeed),
        BadHead(start + "A: b\r", "\r\n", .bareCarriageReturn),
        BadHead(start + "A: b\r", "c", .bareCarriageReturn),
        BadHead(start + "A: b", "\0", .malformedFieldValue),
        BadHead(start + "A: ", "\u{1}", .malformedFieldValue),
        BadHead(start + "A: a value\twith a tab and then", "\u{B}", .malformedFieldValue),
        BadHead(start + "A: a value with", "\u{7F}", .malformedFieldValue),
        BadHead(start + "A: a value with", "\u{1F}", .malformedFieldValue),
        // Host.
        BadHead(line + "\r", "\n", .missingHost),
        BadHead(line + "Hos: h\r\n\r", "\n", .missingHost),
        BadHead(start + "host: h\r", "\n", .repeatedHost),
        BadHead("GET / HTTP/1.0\r\nHost: a\r\nHost: a\r", "\n", .repeatedHost),
        BadHead(line + "Host: a b\r", "\n", .malformedHost),
        BadHead(line + "Host: a/b\r", "\n", .malformedHost),
        BadHead(line + "Host: user@h\r", "\n", .malformedHost),
        BadHead(line + "Host: caf\u{E9}\r", "\n", .malformedHost),
        // Content-Length.
        BadHead(start + "Content-Length:\r", "\n", .malformedContentLength),
        BadHead(start + "Content-Length: x\r", "\n", .malformedContentLength),
        BadHead(start + "Content-Length: +1\r", "\n", .malformedContentLength),
        BadHead(start + "Content-Length: -1\r", "\n", .malformedContentLength),
        BadHead(start + "Content-Length: 0x1\r", "\n", .malformedContentLength),
        BadHead(start + "Content-Length: 1 1\r", "\n", .malformedContentLength),
        BadHead(start + "Content-Length: 1,\r", "\n", .malformedContentLength),
        BadHead(start + "Content-Length: 18446744073709551616\r", "\n", .malformedContentLength),
        BadHead(start + "Content-Length: 1, 2\r", "\n", .differingContentLengths),
        BadHead(start + "Content-Length: 1\r\nContent-Length: 2\r", "\n", .differingContentLengths),
        // Transfer-Encoding.
        BadHead(start + "Transfer-Encoding:\r", "\n", .malformedTransferEncoding),
        BadHead(start + "Transfer-Encoding: ,\r", "\n", .malformedTransferEncoding),
        BadHead(start + "Transfer-Encoding: \"chunked\"\r", "\n", .malformedTransferEncoding),
        BadHead(start + "Transfer-Encoding: chunked;a=b\r", "\n", .malformedTransferEncoding),
        BadHead(start + "Transfer-Encoding: chunked x\r", "\n", .malformedTransferEncoding),
        BadHead(start + "Transfer-Encoding: chunked, chunked\r", "\n", .malformedTransferEncoding),
        BadHead(
            start + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r", "\n", .malformedTransferEncoding),
        BadHead(start + "Transfer-Encoding: gzip\r", "\n", .unknownTransferCoding),
        BadHead(start + "Transfer-Encoding: gzip;q=1, chunked\r", "\n", .unknownTransferCoding),
        BadHead(start + "Transfer-Encoding: chunked, gzip\r", "\n", .unknownTransferCoding),
        BadHead(start + "Transfer-Encoding: identity\r", "\n", .unknownTransferCoding),
        BadHead(start + "Transfer-Encoding: xchunked\r", "\n", .unknownTransferCoding),
        BadHead("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r", "\n", .transferEncodingInHTTP10),
        BadHead(
            start + "Transfer-Encoding: chunked\r\nContent-Length: 1\r", "\n", .lengthWithTransferEncoding),
        BadHead(
            start + "Content-Length: 1\r\nTransfer-Encoding: chunked\r", "\n", .lengthWithTransferEncoding),
    ]

    @Test(arguments: bad)
    func isRefusedAtTheFirstByteThatProvesTheFault(head: BadHead) { head.check(requestVerdict) }

    /// RFC 9112 and 6585 name the status of each fault.
    @Test(
        arguments: [
            (.malformedMethod, 400), (.targetTooLong, 414), (.unsupportedVersion, 505), (.tooManyFields, 431),
            (.headTooLarge, 431), (.trailersTooLarge, 431), (.unknownTransferCoding, 501), (.missingHost, 400),
            (.lengthWithTransferEncoding, 400), (.chunkSizeTooLarge, 400),
        ] as [(HTTPParseError, Int)])
    func faultsHaveAStatus(error: HTTPParseError, status: Int) {
        #expect(error.status == status)
        #expect(error.message.utf8CodeUnitCount > 0)
    }

    /// A view of the head must come out of the bytes that were given, not of a copy.
    @Test func copiesNothing() throws {
        let bytes = GuardedBytes("GET /x HTTP/1.1\r\nHost: h\r\n\r\n".utf8)
        var table = FieldTable()
        try bytes.withView { view in
            guard case .complete(let head, _) = try parseRequestHead(view, fields: &table) else {
                Issue.record("incomplete")
                return
            }
            #expect(head.target(in: view).start == view.start + 4)
            #expect(head.fields(in: view, table)[0].value.start == view.start + 23)
        }
    }
}
