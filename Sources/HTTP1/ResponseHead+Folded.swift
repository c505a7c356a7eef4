import Bytes

/// Parses the head of a response from the front of a buffer, as ``parseResponseHead(_:fields:)-(ByteView,_)`` does, and
/// takes folded fields.
///
/// Each line end behind which a field goes on is replaced by spaces, in the buffer, before the field is interpreted (RFC 9112
/// section 5.2: a user agent must). A request with such a line is refused, as is a line that stands so before the first field.
///
/// - Returns: `partial` if nothing is wrong so far, or the head and its length in bytes.
/// - Throws: The first fault, as soon as a byte proves it: for a framing field that is the first byte of the next line.
public func parseResponseHead(
    _ bytes: inout Buffer, fields: inout FieldTable
) throws(HTTPParseError) -> ParseStatus<ResponseHead> {
    do {
        return try parseResponseHead(bytes.readable, fields: &fields)
    } catch {
        guard error.canBeFoldedAway else { throw error }
    }
    replaceFolds(bytes.mutableReadable())
    do {
        return try parseResponseHead(bytes.readable, fields: &fields)
    } catch {
        guard error.canBeFoldedAway, error != .foldedField, let start = startOfLastLine(bytes.readable),
            case .partial? = try? parseResponseHead(bytes.readable[0..<start], fields: &fields)
        else { throw error }
        return .partial
    }
}

extension HTTPParseError {
    /// True for a fault that a field's end proves, which the end of its line is only if no fold follows.
    fileprivate var canBeFoldedAway: Bool {
        switch self {
        case .foldedField, .malformedContentLength, .differingContentLengths, .malformedTransferEncoding,
            .unknownTransferCoding, .transferEncodingInHTTP10, .lengthWithTransferEncoding:
            true
        default: false
        }
    }
}

/// The offset of the last line, if it has ended and nothing has come behind it.
private func startOfLastLine(_ bytes: ByteView) -> Int? {
    guard bytes.count < HTTPLimits.headBytes, bytes.count > 2, bytes[bytes.count &- 1] == ASCII.lineFeed else {
        return nil
    }
    var start = bytes.count &- 1
    while start > 0, bytes[start &- 1] != ASCII.lineFeed { start &-= 1 }
    return start
}

/// Replaces the line ends inside fields by spaces, as far as the head goes.
private func replaceFolds(_ bytes: UnsafeMutableBufferPointer<UInt8>) {
    let last = min(bytes.count, HTTPLimits.headBytes) &- 2
    var isStartLine = true
    var index = 0
    while index < last {
        guard bytes[index] == ASCII.carriageReturn, bytes[index &+ 1] == ASCII.lineFeed else {
            index &+= 1
            continue
        }
        let next = bytes[index &+ 2]
        // The end of the head, or a fault.
        if next == ASCII.carriageReturn { return }
        if next == ASCII.space || next == ASCII.tab {
            if isStartLine { return }
            bytes[index] = ASCII.space
            bytes[index &+ 1] = ASCII.space
        }
        isStartLine = false
        index &+= 2
    }
}
