/// The way in which the end of a body is found (RFC 9112 section 6.3).
public enum BodyFraming: Equatable, Sendable {
    /// There is no body.
    case none
    /// The body is this many bytes; zero when the peer said so itself.
    case length(UInt64)
    /// The body is in chunks: see ``ChunkedDecoder``.
    case chunked
    /// The body, of a response only, lasts until the connection closes.
    case untilClose
}
