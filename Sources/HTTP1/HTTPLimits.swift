/// The limits to how much of a message's framing is read before it is refused; every length is in bytes.
/// Bodies have limits of their own: ``BodyReader`` keeps them, `HTTPServer.Limits` sets them.
public enum HTTPLimits {
    /// The longest head: an empty line before it, start line, fields and the empty line that ends it. More is 431. A server
    /// may have another limit (`HTTPServer.Limits`).
    public static var headBytes: Int { 16_384 }
    /// The largest limit that a server may have for heads: 65,535 in Embedded Swift, else 4,294,967,295.
    public static var largestHeadBytes: Int { Int(HeadOffset.max) }
    /// The most field lines in a head or in a trailer section. More is 431.
    public static var fields: Int { 100 }
    /// The longest request target. More is 414.
    public static var targetBytes: Int { 8_192 }
    /// The longest chunk-size line: digits, extensions and the CRLF.
    public static var chunkLineBytes: Int { 4_096 }
    /// The longest trailer section, with the empty line that ends it. More is 431.
    public static var trailerBytes: Int { 16_384 }
}
