/// Which closure serves which requests: a method and a path, with places for what varies.
///
///     let router = HTTPRouter()
///     router.on("GET", "/hello/:name") { request, responder in
///         responder.respond(200, body: request.parameter("name") ?? "")
///     }
///     let server = HTTPServer(loop: loop, router: router)
///
/// A pattern's segment `:name` stands for one segment that is not empty, `*` at the end for the rest of the path, which may be empty.
/// Of several routes that match the one given first serves. A route of GET serves HEAD too, unless one of HEAD stands before it.
/// A path that no route has is answered with 404, a method that its routes do not have with 405 and `Allow`.
///
/// Routes are looked at one after another, which is the quickest for the dozens that a small server has, and allocates nothing.
public final class HTTPRouter {
    /// Answers a complete request, as the handler of a server without routes does.
    public typealias Handler = (RoutedRequest, HTTPResponder) -> Void

    struct Route {
        let method: StaticString
        let pattern: RoutePattern
        let service: Service

        /// Returns true if it serves requests of this method.
        func takes(_ method: ByteView) -> Bool {
            let own = ByteView(self.method)
            return own == method || own == "GET" && method == "HEAD"
        }
    }

    enum Service {
        case complete(Handler)
        #if !NO_STREAMS
        case streamed(StreamHandler, limit: UInt64)
        #endif
    }

    private var routes: [Route] = []
    /// True if any route streams; if none does, a request's route is looked for once.
    private(set) var hasStreams = false
    private var other: (HTTPRequest, HTTPResponder) -> Void = { _, responder in responder.respond(404) }

    /// A router without routes.
    public init() {}

    /// Serves requests of a method and a path.
    ///
    /// - Parameters:
    ///   - method: the method, such as `GET`.
    ///   - pattern: the path, beginning with a slash.
    ///   - handler: called on the loop with each complete request.
    public func on(_ method: StaticString, _ pattern: StaticString, handler: @escaping Handler) {
        add(method, pattern, .complete(handler))
    }

    /// Serves requests whose path no route has, in place of 404.
    public func otherwise(_ handler: @escaping (HTTPRequest, HTTPResponder) -> Void) { other = handler }

    func add(_ method: StaticString, _ pattern: StaticString, _ service: Service) {
        if case .complete = service {} else { hasStreams = true }
        routes.append(Route(method: method, pattern: RoutePattern(pattern), service: service))
    }

    /// The route that serves a request.
    func route(of request: HTTPRequest) -> Route? {
        let path = request.path
        for route in routes where route.takes(request.method) && route.pattern.matches(path) { return route }
        return nil
    }

    /// Serves a complete request.
    func serve(_ request: HTTPRequest, _ responder: HTTPResponder) {
        guard let route = route(of: request) else { return refuse(request, responder) }
        if case .complete(let handler) = route.service { handler(RoutedRequest(request, route.pattern), responder) }
    }

    /// RFC 9110, section 15.5.6: a 405 says which methods there are.
    private func refuse(_ request: HTTPRequest, _ responder: HTTPResponder) {
        let path = request.path
        var methods = Buffer()
        for (index, route) in routes.enumerated() where route.pattern.matches(path) {
            let isRepeated = routes[..<index].contains {
                ByteView($0.method) == ByteView(route.method) && $0.pattern.matches(path)
            }
            if isRepeated { continue }
            if !methods.isEmpty { methods.append(", ") }
            methods.append(ByteView(route.method))
            if ByteView(route.method) == "GET" { methods.append(", HEAD") }
        }
        guard !methods.isEmpty else { return other(request, responder) }
        responder.respond(405) { $0.appendField("Allow", methods.readable) }
    }
}

extension HTTPServer {
    /// A server whose requests are served by a router's routes; routes may be added later, too.
    public convenience init(loop: EventLoop, limits: Limits = Limits(), router: HTTPRouter) {
        self.init(loop: loop, limits: limits) { request, responder in router.serve(request, responder) }
        #if !NO_STREAMS
        streamedRoutes.find = { router.taker(of: $0) }
        #endif
    }
}
