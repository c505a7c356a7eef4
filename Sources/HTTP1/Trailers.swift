import Bytes

/// Parses the trailer section of a chunked body, from behind the last chunk's size line to the empty line that ends it
/// (RFC 9112 section 7.1.2): the range that ``ChunkedDecoder`` reports at the end.
///
/// Trailers say nothing about framing and must not be merged into the fields of the head unasked.
///
/// - Returns: `partial` if nothing is wrong so far, or the fields, valid until `bytes` or the table change, and the length.
/// - Throws: The first fault, as soon as a byte proves it.
public func parseTrailers(
    _ bytes: ByteView, fields: inout FieldTable
) throws(HTTPParseError) -> ParseStatus<HTTPFields> {
    fields.removeAll()
    var cursor = HeadCursor(bytes, limit: HTTPLimits.trailerBytes)
    while let line = try cursor.field() { fields.append(line) }
    if cursor.isAtEnd { return .complete(fields.fields(in: bytes), length: cursor.offset) }
    guard bytes.count < HTTPLimits.trailerBytes else { throw .trailersTooLarge }
    return .partial
}
