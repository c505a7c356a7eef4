/// A fault of the bytes a peer sent: one case for each kind.
///
/// After any of these the end of the message is unknown, so the connection cannot be used for another one.
public enum HTTPParseError: Error, Equatable, Sendable {
    // The start line (RFC 9112 sections 3 and 4).

    /// The method is not a token, or not followed by one space.
    case malformedMethod
    /// The target is empty, holds something other than visible ASCII, or is not followed by one space.
    case malformedTarget
    /// The target is longer than ``HTTPLimits/targetBytes``.
    case targetTooLong
    /// The version is not `HTTP/`, a digit, a dot and a digit, and then what must follow it.
    case malformedVersion
    /// The version is well formed so far, but its major number is not 1.
    case unsupportedVersion
    /// The status is not three digits from 100 on, followed by a space.
    case malformedStatus
    /// The reason phrase holds a control character.
    case malformedReason

    // Lines and fields (RFC 9112 sections 2.2 and 5).

    /// A carriage return without a line feed behind it.
    case bareCarriageReturn
    /// A line feed without a carriage return before it.
    case bareLineFeed
    /// A field line begins with a blank: an obsolete continuation line, or a blank behind the start line.
    case foldedField
    /// A field name is empty, not a token, or not followed at once by a colon.
    case malformedFieldName
    /// A field value holds a control character other than a tab.
    case malformedFieldValue
    /// More fields than ``HTTPLimits/fields``.
    case tooManyFields
    /// The head does not end within its limit, ``HTTPLimits/headBytes`` unless a server has another.
    case headTooLarge

    // Faults of several fields together (RFC 9112 sections 3.2, 6.1 and 6.3).

    /// An HTTP/1.1 request without a Host field.
    case missingHost
    /// A request with more than one Host field.
    case repeatedHost
    /// The Host field holds a byte that no host and port can.
    case malformedHost
    /// A Content-Length, or a member of its list, is not a decimal number that fits 64 bits.
    case malformedContentLength
    /// Two Content-Lengths that differ.
    case differingContentLengths
    /// A Transfer-Encoding that is not a list, or is empty, or has `chunked` twice or with parameters.
    case malformedTransferEncoding
    /// A transfer coding other than `chunked`.
    case unknownTransferCoding
    /// A Transfer-Encoding in an HTTP/1.0 message.
    case transferEncodingInHTTP10
    /// Both a Content-Length and a Transfer-Encoding.
    case lengthWithTransferEncoding

    // Chunked bodies (RFC 9112 section 7.1).

    /// A chunk size is not hexadecimal digits followed by the line's end or an extension.
    case malformedChunkSize
    /// A chunk size does not fit 64 bits.
    case chunkSizeTooLarge
    /// A chunk-size line is longer than ``HTTPLimits/chunkLineBytes``.
    case chunkLineTooLong
    /// A chunk extension holds a control character other than a tab.
    case malformedChunkExtension
    /// A chunk's data is not followed by CRLF.
    case malformedChunkEnd
    /// The trailer section does not end within ``HTTPLimits/trailerBytes``.
    case trailersTooLarge

    /// The status a server answers with before it closes the connection. For a fault in a response it has no use.
    public var status: Int {
        switch self {
        case .targetTooLong: 414
        case .tooManyFields, .headTooLarge, .trailersTooLarge: 431
        case .unknownTransferCoding: 501
        case .unsupportedVersion: 505
        default: 400
        }
    }

    /// The fault in a few words, for a log line or the body of the answer.
    public var message: StaticString {
        switch self {
        case .malformedMethod: "the method is not a token followed by one space"
        case .malformedTarget: "the target is not visible ASCII followed by one space"
        case .targetTooLong: "the target is too long"
        case .malformedVersion: "the version is not HTTP/ and two digits"
        case .unsupportedVersion: "the major version of HTTP is not 1"
        case .malformedStatus: "the status is not three digits, from 100 on, between spaces"
        case .malformedReason: "the reason phrase holds a control character"
        case .bareCarriageReturn: "a carriage return without its line feed"
        case .bareLineFeed: "a line feed without its carriage return"
        case .foldedField: "a field line begins with a space or a tab"
        case .malformedFieldName: "a field name is not a token followed by a colon"
        case .malformedFieldValue: "a field value holds a control character"
        case .tooManyFields: "too many fields"
        case .headTooLarge: "the head is too large"
        case .missingHost: "an HTTP/1.1 request without a Host field"
        case .repeatedHost: "more than one Host field"
        case .malformedHost: "the Host field is not a host and port"
        case .malformedContentLength: "the Content-Length is not a number"
        case .differingContentLengths: "two Content-Lengths that differ"
        case .malformedTransferEncoding: "the Transfer-Encoding is not chunked, once"
        case .unknownTransferCoding: "a transfer coding other than chunked"
        case .transferEncodingInHTTP10: "a Transfer-Encoding in HTTP/1.0"
        case .lengthWithTransferEncoding: "both a Content-Length and a Transfer-Encoding"
        case .malformedChunkSize: "a chunk size is not hexadecimal digits"
        case .chunkSizeTooLarge: "a chunk size is too large"
        case .chunkLineTooLong: "the line of a chunk size is too long"
        case .malformedChunkExtension: "a chunk extension holds a control character"
        case .malformedChunkEnd: "a chunk does not end with CRLF"
        case .trailersTooLarge: "the trailer section is too large"
        }
    }
}
