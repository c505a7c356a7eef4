import Bytes

/// The statements of a head's fields about the body, the connection and the host, gathered line by line as they are
/// parsed.
///
/// A peer that frames a message in two ways may be smuggling a second one past somebody, so anything ambiguous is
/// refused rather than repaired (RFC 9112 sections 6.1 to 6.3 and 11.2).
struct FramingFields {
    private let version: HTTPVersion
    private let isRequest: Bool
    private var contentLength: UInt64?
    private var isChunked = false
    private var asksToClose = false
    private var asksToKeepAlive = false
    /// True once a request's Host was read.
    private(set) var hasHost = false
    /// True if a request waits for `100 Continue`.
    private(set) var expectsContinue = false

    init(version: HTTPVersion, isRequest: Bool) {
        self.version = version
        self.isRequest = isRequest
    }

    /// True if the connection may serve another message after this one (RFC 9112 section 9.3).
    var isKeepAlive: Bool { !asksToClose && (version == .http11 || asksToKeepAlive) }

    /// The way in which the body ends, or `otherwise` if no field says.
    func body(otherwise: BodyFraming) -> BodyFraming {
        if isChunked { return .chunked }
        if let contentLength { return .length(contentLength) }
        return otherwise
    }

    /// Reads every field that follows the cursor into the table; false if the bytes end before the section does.
    mutating func readAll(_ cursor: inout HeadCursor, _ fields: inout FieldTable) throws(HTTPParseError) -> Bool {
        #if !hasFeature(Embedded)
        try cursor.wholeLines(&fields, &self)
        if cursor.isAtEnd { return true }
        #endif
        while let line = try cursor.field() {
            fields.append(line)
            try look(at: line, in: cursor.bytes)
        }
        return cursor.isAtEnd
    }

    /// Looks at one field, most of which have nothing to say.
    @inline(__always)
    mutating func look(at line: FieldLine, in bytes: ByteView) throws(HTTPParseError) {
        // At each length, the first letter of the name that `read` knows of that length: Host at 4, Expect at 6, Connection at 10,
        // Content-Length at 14, Transfer-Encoding at 17.
        let letters: StaticString = "....h.e...c...c..t"
        let count = line.nameCount
        guard count < letters.utf8CodeUnitCount,
            letters.utf8Start[count] == bytes.start[line.nameStart] | 0x20
        else { return }
        try read(line.name(in: bytes), line.value(in: bytes))
    }

    private mutating func read(_ name: ByteView, _ value: ByteView) throws(HTTPParseError) {
        switch name.count {
        case 4 where isRequest && name.equalsIgnoringCase("Host"): try readHost(value)
        case 6 where isRequest && name.equalsIgnoringCase("Expect"):
            if CommaList.contains(value, "100-continue") { expectsContinue = true }
        case 10 where name.equalsIgnoringCase("Connection"): readConnection(value)
        case 14 where name.equalsIgnoringCase("Content-Length"): try readContentLength(value)
        case 17 where name.equalsIgnoringCase("Transfer-Encoding"): try readTransferEncoding(value)
        default: return
        }
    }

    private mutating func readHost(_ value: ByteView) throws(HTTPParseError) {
        guard !hasHost else { throw .repeatedHost }
        guard value.isMade(of: HostBytes.self) else { throw .malformedHost }
        hasHost = true
    }

    private mutating func readConnection(_ value: ByteView) {
        #if !hasFeature(Embedded)
        // Nearly every one.
        if value == "keep-alive" { return asksToKeepAlive = true }
        #endif
        var list = CommaList(value)
        while let member = list.next() {
            if member.equalsIgnoringCase("close") { asksToClose = true }
            if member.equalsIgnoringCase("keep-alive") { asksToKeepAlive = true }
        }
    }

    private mutating func readContentLength(_ value: ByteView) throws(HTTPParseError) {
        guard !isChunked else { throw .lengthWithTransferEncoding }
        if contentLength == nil, let length = value.decimal {
            contentLength = length
            return
        }
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
            let coding = member[0..<RunScan.end(of: TokenBytes.self, in: member, from: 0)]
            guard !coding.isEmpty else { throw .malformedTransferEncoding }
            guard coding.equalsIgnoringCase("chunked") else { throw .unknownTransferCoding }
            guard coding.count == member.count, !isChunked else { throw .malformedTransferEncoding }
            isChunked = true
        }
        // Nothing but commas.
        guard isChunked else { throw .malformedTransferEncoding }
    }
}
