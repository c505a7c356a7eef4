/// The versions of HTTP that are spoken here.
public enum HTTPVersion: Sendable {
    /// HTTP/1.0: a connection closes after one message unless `keep-alive` is asked for; no chunked bodies.
    case http10
    /// HTTP/1.1
    case http11
}
