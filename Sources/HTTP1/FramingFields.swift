import Bytes

/// What the fields of a head say about the body and the connection, gathered line by line as they are parsed.
///
/// A peer that frames a message in two ways may be smuggling a second one past somebody, so anything ambiguous is
/// refused rather than repaired (RFC 9112 sections 6.1 to 6.3 and 11.2).
struct FramingFields {
    private let version: HTTPVersion
    private var contentLength: UInt64?
    private var isChunked = false
    private var asksToClose = false
    private var asksToKeepAlive = false

    init(version: HTTPVersion) { self.version = version }

    /// Whether the connection may serve another message after this one (RFC 9112 section 9.3).
    var isKeepAlive: Bool { !asksToClose && (version == .http11 || asksToKeepAlive) }

    /// How the body ends, or `otherwise` if no field told.
    func body(otherwise: BodyFraming) -> BodyFraming {
        if isChunked { return .chunked }
        if let contentLength { return .length(contentLength) }
        return otherwise
    }

    /// Looks at one field, most of which have nothing to say.
    mutating func read(_ name: ByteView, _ value: ByteView) throws(HTTPParseError) {
        switch name.count {
        case 10 where name.equalsIgnoringCase("connection"): readConnection(value)
        case 14 where name.equalsIgnoringCase("content-length"): try readContentLength(value)
        case 17 where name.equalsIgnoringCase("transfer-encoding"): try readTransferEncoding(value)
        default: return
        }
    }

    private mutating func readConnection(_ value: ByteView) {
        if CommaList.contains(value, "close") { asksToClose = true }
        if CommaList.contains(value, "keep-alive") { asksToKeepAlive = true }
    }

    private mutating func readContentLength(_ value: ByteView) throws(HTTPParseError) {
        guard !isChunked else { throw .lengthWithTransferEncoding }
        var list = CommaList(value)
        while let member = list.next() {
            guard let length = member.decimal else { throw .malformedContentLength }
            guard contentLength == nil || contentLength == length else { throw .differingContentLengths }
            contentLength = length
        }
    }

    /// Only `chunked`, once and without parameters. Empty members are passed over, as every list allows.
    private mutating func readTransferEncoding(_ value: ByteView) throws(HTTPParseError) {
        guard version == .http11 else { throw .transferEncodingInHTTP10 }
        guard contentLength == nil else { throw .lengthWithTransferEncoding }
        guard !value.isEmpty else { throw .malformedTransferEncoding }
        var list = CommaList(value)
        while let member = list.next() {
            if member.isEmpty { continue }
            let coding = member[0..<Scan.tokenEnd(member, from: 0)]
            guard !coding.isEmpty else { throw .malformedTransferEncoding }
            guard coding.equalsIgnoringCase("chunked") else { throw .unknownTransferCoding }
            guard coding.count == member.count, !isChunked else { throw .malformedTransferEncoding }
            isChunked = true
        }
        // Nothing but commas.
        guard isChunked else { throw .malformedTransferEncoding }
    }
}
