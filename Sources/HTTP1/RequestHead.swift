import Bytes

/// The head of a request: offsets into the bytes it was parsed from, and what its fields say about the message.
public struct RequestHead: Sendable {
    // 16 bits are enough: only an empty line may stand before the method, and a target has its own limit.
    private let methodStart: UInt16
    private let targetCount: UInt16
    private let targetStart: HeadOffset
    /// The version of the request line.
    public let version: HTTPVersion
    /// The way in which the body ends: `none` without Content-Length and Transfer-Encoding, never `untilClose`.
    public let framing: BodyFraming
    /// True if the client will send another request on this connection (RFC 9112 section 9.3).
    public let isKeepAlive: Bool
    /// True if the client waits for `100 Continue` before it sends the body (RFC 9110 section 10.1.1).
    public let expectsContinue: Bool

    /// The method, in the bytes that were parsed; methods are case-sensitive.
    public func method(in bytes: ByteView) -> ByteView {
        bytes[Int(methodStart)..<Int(targetStart) - 1]
    }

    /// The request target as it was sent, in the bytes that were parsed: visible ASCII, one byte at least. Its form
    /// (a path, `*`, an absolute URI) is the caller's to judge.
    public func target(in bytes: ByteView) -> ByteView {
        bytes[Int(targetStart)..<Int(targetStart) + Int(targetCount)]
    }

    /// The fields, in the bytes that were parsed and the table that was lent; valid until either changes.
    public func fields(in bytes: ByteView, _ table: borrowing FieldTable) -> HTTPFields { table.fields(in: bytes) }

    fileprivate init(
        method: Range<Int>, target: Range<Int>, version: HTTPVersion, framing: FramingFields
    ) {
        assert(method.upperBound + 1 == target.lowerBound && target.count <= UInt16.max)
        methodStart = UInt16(truncatingIfNeeded: method.lowerBound)
        targetStart = HeadOffset(truncatingIfNeeded: target.lowerBound)
        targetCount = UInt16(truncatingIfNeeded: target.count)
        self.version = version
        self.framing = framing.body(otherwise: .none)
        isKeepAlive = framing.isKeepAlive
        // A 1.0 client cannot wait for an interim response: RFC 9110 has its expectation ignored.
        expectsContinue = framing.expectsContinue && version == .http11
    }
}

/// Parses the head of a request from the front of `bytes` (RFC 9112 sections 2, 3 and 5).
///
/// One empty line before the request line is passed over and counted in the length. The lines are noted in `fields`,
/// and nothing is copied or allocated. Begin anew with all the bytes whenever more have come: the verdict does not depend
/// on how they were split.
///
/// - Parameters:
///   - bytes: what has come, from the head's beginning.
///   - fields: gets the lines.
///   - limit: the longest head, in bytes; at most ``HTTPLimits/largestHeadBytes``.
/// - Returns: `partial` if nothing is wrong so far, or the head and its length in bytes.
/// - Throws: The first fault, as soon as a byte proves it; a head that cannot end in time is ``HTTPParseError/headTooLarge``.
public func parseRequestHead(
    _ bytes: ByteView, fields: inout FieldTable, limit: Int = HTTPLimits.headBytes
) throws(HTTPParseError) -> ParseStatus<RequestHead> {
    assert(limit <= HTTPLimits.largestHeadBytes)
    fields.removeAll()
    var cursor = HeadCursor(bytes, limit: limit)
    if let head = try requestHead(&cursor, &fields) { return .complete(head, length: cursor.offset) }
    guard bytes.count < limit else { throw .headTooLarge }
    return .partial
}

/// The head at the cursor, or nil if the bytes end before it does.
private func requestHead(
    _ cursor: inout HeadCursor, _ fields: inout FieldTable
) throws(HTTPParseError) -> RequestHead? {
    guard try cursor.emptyLine() else { return nil }
    #if !hasFeature(Embedded)
    if let line = cursor.wholeRequestLine() {
        return try fieldsOfRequest(line.method, line.target, line.version, &cursor, &fields)
    }
    #endif
    guard let method = try cursor.method() else { return nil }
    guard let target = try cursor.target() else { return nil }
    guard let version = try cursor.version() else { return nil }
    guard try cursor.lineEnd(else: .malformedVersion) else { return nil }
    return try fieldsOfRequest(method, target, version, &cursor, &fields)
}

/// The head whose request line was passed, or nil if the bytes end before it does.
private func fieldsOfRequest(
    _ method: Range<Int>, _ target: Range<Int>, _ version: HTTPVersion, _ cursor: inout HeadCursor,
    _ fields: inout FieldTable
) throws(HTTPParseError) -> RequestHead? {
    var framing = FramingFields(version: version, isRequest: true)
    guard try framing.readAll(&cursor, &fields) else { return nil }
    // RFC 9112 section 3.2.
    guard framing.hasHost || version == .http10 else { throw .missingHost }
    return RequestHead(method: method, target: target, version: version, framing: framing)
}
