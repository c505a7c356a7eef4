/// A complete response as the client hands it to a request's completion.
///
/// Everything in it is a view of the client's buffer, valid until the completion returns: copy what must stay.
public struct HTTPResponse {
    /// The status code, 200 to 599 or 101; interim responses are not handed out.
    public let status: Int
    /// The header fields.
    public let fields: HTTPFields
    /// The body, complete and without its framing; empty when there was none.
    public let body: ByteView
    /// The trailer fields of a chunked body.
    public let trailers: HTTPFields

    /// The value of the first header field of a name, upper and lower case taken as equal; nil when there is none.
    public func field(_ name: StaticString) -> ByteView? { fields.first(name) }
}
