/// A request as a route's handler gets it: the request itself, and what stands in its path where the route has parameters.
///
/// Everything in it is a view of the connection's buffer, valid until the handler returns: copy what must stay.
public struct RoutedRequest {
    /// The request. For a body that is streamed its own is empty.
    public let request: HTTPRequest
    private let pattern: RoutePattern

    init(_ request: HTTPRequest, _ pattern: RoutePattern) {
        self.request = request
        self.pattern = pattern
    }

    /// The part of the path where the route has `:name`, as it was sent; `"*"` asks for what stands for the star. Nil
    /// when the route has no such parameter. See `ByteView.percentDecoded`.
    public func parameter(_ name: StaticString) -> ByteView? { pattern.value(of: ByteView(name), in: request.path) }

    /// The method.
    public var method: ByteView { request.method }
    /// The target's path; see ``HTTPRequest/path``.
    public var path: ByteView { request.path }
    /// The part of the target behind the question mark; nil without one.
    public var query: ByteView? { request.query }
    /// The body, complete; empty for one that is streamed.
    public var body: ByteView { request.body }
    /// The value of the first header field of a name, upper and lower case taken as equal; nil when there is none.
    public func field(_ name: StaticString) -> ByteView? { request.field(name) }

    /// The value of the first `name=value` in the query, as it was sent; empty for a name alone, nil when there is none.
    public func queryValue(_ name: StaticString) -> ByteView? {
        guard var rest = request.query else { return nil }
        while true {
            let end = rest.firstIndex(of: 0x26) ?? rest.count
            let item = rest[0..<end]
            let equals = item.firstIndex(of: 0x3D) ?? item.count
            if item[0..<equals] == ByteView(name) { return item.dropFirst(min(equals + 1, item.count)) }
            guard end < rest.count else { return nil }
            rest = rest.dropFirst(end + 1)
        }
    }
}
