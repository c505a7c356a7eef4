/// A complete request as the server hands it to its handler.
///
/// Everything in it is a view of the connection's buffer, valid until the handler returns: copy what must stay.
public struct HTTPRequest {
    /// The method, as sent: methods are case-sensitive (RFC 9110, section 9.1).
    public let method: ByteView
    /// The request target, as sent.
    public let target: ByteView
    /// The protocol's version.
    public let version: HTTPVersion
    /// The header fields.
    public let fields: HTTPFields
    /// The body, complete and without its framing; empty when there was none.
    public let body: ByteView
    /// The trailer fields of a chunked body.
    public let trailers: HTTPFields

    /// The target's path: up to a question mark, and in absolute form (RFC 9112, section 3.2.2) behind the authority.
    public var path: ByteView {
        let whole = target[0..<(target.firstIndex(of: 0x3F) ?? target.count)]
        let scheme: ByteView = "http://"
        guard whole.count > scheme.count, whole[0..<scheme.count].equalsIgnoringCase("http://") else { return whole }
        let rest = whole.dropFirst(scheme.count)
        return rest.firstIndex(of: 0x2F).map { rest.dropFirst($0) } ?? "/"
    }

    /// The part of the target behind the question mark; nil without one.
    public var query: ByteView? { target.firstIndex(of: 0x3F).map { target.dropFirst($0 + 1) } }

    /// The value of the first header field of a name, upper and lower case taken as equal; nil when there is none.
    public func field(_ name: StaticString) -> ByteView? { fields.first(name) }
}
