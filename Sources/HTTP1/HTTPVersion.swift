/// The versions of HTTP that are spoken here.
public enum HTTPVersion: Sendable {
    /// HTTP/1.0: a connection closes after one message unless `keep-alive` is asked for; no chunked bodies.
    case http10
    /// HTTP/1.1, and what a peer calls HTTP/1.2 and so on
    case http11
}
