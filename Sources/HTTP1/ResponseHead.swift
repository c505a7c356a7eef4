import Bytes

/// The head of a response: offsets into the bytes it was parsed from, and what its fields say about the message.
public struct ResponseHead: Sendable {
    /// The status, 100 to 999. RFC 9110 section 15 has codes from 600 on treated as server errors.
    public let status: Int
    private let reasonStart: HeadOffset
    private let reasonCount: HeadOffset
    /// The version of the status line.
    public let version: HTTPVersion
    /// True if the fields let the connection be used again (RFC 9112 section 9.3); a body that ends only with the
    /// connection forbids it all the same.
    public let isKeepAlive: Bool
    private let bodyFraming: BodyFraming

    /// True if this is an interim response, after which the final one is still to come: 1xx, but not 101, which ends
    /// HTTP on the connection.
    public var isInterim: Bool { status < 200 && status != 101 }

    /// The way in which the body ends (RFC 9112 section 6.3): `none` in answer to HEAD and with status 1xx, 204 and
    /// 304, whatever the fields say. (An answer to CONNECT is the caller's own affair.)
    public func framing(toHead: Bool) -> BodyFraming {
        toHead || status < 200 || status == 204 || status == 304 ? .none : bodyFraming
    }

    /// The reason phrase, in the bytes that were parsed; it may be empty and means nothing.
    public func reason(in bytes: ByteView) -> ByteView {
        bytes[Int(reasonStart)..<Int(reasonStart) + Int(reasonCount)]
    }

    /// The fields, in the bytes that were parsed and the table that was lent; valid until either changes.
    public func fields(in bytes: ByteView, _ table: borrowing FieldTable) -> HTTPFields { table.fields(in: bytes) }

    fileprivate init(status: Int, reason: Range<Int>, version: HTTPVersion, framing: FramingFields) {
        self.status = status
        reasonStart = HeadOffset(truncatingIfNeeded: reason.lowerBound)
        reasonCount = HeadOffset(truncatingIfNeeded: reason.count)
        self.version = version
        isKeepAlive = framing.isKeepAlive
        bodyFraming = framing.body(otherwise: .untilClose)
    }
}

/// Parses the head of a response from the front of `bytes` (RFC 9112 sections 4 and 5).
///
/// The lines are noted in `fields`, and nothing is copied or allocated. Begin anew with all the bytes whenever more have
/// come: the verdict does not depend on how they were split.
///
/// - Returns: `partial` if nothing is wrong so far, or the head and its length in bytes.
/// - Throws: The first fault, as soon as a byte proves it; a head that cannot end in time is ``HTTPParseError/headTooLarge``.
public func parseResponseHead(
    _ bytes: ByteView, fields: inout FieldTable
) throws(HTTPParseError) -> ParseStatus<ResponseHead> {
    fields.removeAll()
    var cursor = HeadCursor(bytes, limit: HTTPLimits.headBytes)
    if let head = try responseHead(&cursor, &fields) { return .complete(head, length: cursor.offset) }
    guard bytes.count < HTTPLimits.headBytes else { throw .headTooLarge }
    return .partial
}

/// The head at the cursor, or nil if the bytes end before it does.
private func responseHead(
    _ cursor: inout HeadCursor, _ fields: inout FieldTable
) throws(HTTPParseError) -> ResponseHead? {
    #if !hasFeature(Embedded)
    if let line = cursor.wholeStatusLine() {
        return try fieldsOfResponse(line.version, line.status, line.reason, &cursor, &fields)
    }
    #endif
    guard let version = try cursor.version() else { return nil }
    guard try cursor.byte(ASCII.space, else: .malformedVersion) else { return nil }
    guard let status = try cursor.status() else { return nil }
    guard let reason = try cursor.reason() else { return nil }
    return try fieldsOfResponse(version, status, reason, &cursor, &fields)
}

/// The head whose status line was passed, or nil if the bytes end before it does.
private func fieldsOfResponse(
    _ version: HTTPVersion, _ status: Int, _ reason: Range<Int>, _ cursor: inout HeadCursor,
    _ fields: inout FieldTable
) throws(HTTPParseError) -> ResponseHead? {
    var framing = FramingFields(version: version, isRequest: false)
    guard try framing.readAll(&cursor, &fields) else { return nil }
    return ResponseHead(status: status, reason: reason, version: version, framing: framing)
}
