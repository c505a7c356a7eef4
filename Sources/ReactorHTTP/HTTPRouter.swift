/// Which closure serves which requests: a method and a path, with places for what varies.
///
///     let router = HTTPRouter()
///     router.on("GET", "/hello/:name") { request, responder in
///         responder.respond(200, body: request.parameter("name") ?? "")
///     }
///     let server = HTTPServer(loop: loop, router: router)
///
/// A pattern's segment `:name` stands for one segment that is not empty, `*` at the end for the rest of the path, which
/// may be empty. Of several routes that match the one given first serves. A route of GET serves HEAD too, unless one of
/// HEAD stands before it. A path that no route has is answered with 404, a method that its routes do not have with 405
/// and `Allow`, unless ``otherwise(_:)`` and ``methodNotAllowed(_:)`` say more.
///
/// Routes are looked at one after another, which is the quickest for the dozens that a small server has, and allocates nothing.
public final class HTTPRouter {
    /// Answers a complete request, as the handler of a server without routes does.
    public typealias Handler = (RoutedRequest, HTTPResponder) -> Void

    struct Route {
        let method: StaticString
        let pattern: RoutePattern
        let service: Service
        /// True for a route of GET that serves HEAD, too.
        let servesHEAD: Bool

        /// Returns true if it serves requests of this method.
        func takes(_ method: ByteView) -> Bool { ByteView(self.method) == method || servesHEAD && method == "HEAD" }
    }

    enum Service {
        case complete(Handler)
        case streamed(StreamHandler, limit: UInt64)
    }

    private var routes: [Route] = []
    /// True if any route streams; if none does, a request's route is looked for once.
    private(set) var hasStreams = false
    private let servesHEAD: Bool
    private var notFound: (HTTPRequest, HTTPResponder) -> Void = { _, responder in responder.respond(404) }
    private var notAllowed: (HTTPRequest, ByteView, HTTPResponder) -> Void = { _, methods, responder in
        responder.respond(405) { $0.appendField("Allow", methods) }
    }

    /// A router without routes.
    ///
    /// - Parameter servesHEAD: whether a route of GET serves HEAD too. It must not where a GET takes away what it is answered
    ///   with, as the long poll of a queue does.
    public init(servesHEAD: Bool = true) { self.servesHEAD = servesHEAD }

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
    public func otherwise(_ handler: @escaping (HTTPRequest, HTTPResponder) -> Void) { notFound = handler }

    /// Refuses requests whose path has routes, but none of their method, in place of 405 and `Allow`.
    ///
    /// - Parameter handler: called with the methods that there are, as `Allow` lists them: RFC 9110, section 15.5.6, wants them in
    ///   an answer with 405.
    public func methodNotAllowed(_ handler: @escaping (HTTPRequest, ByteView, HTTPResponder) -> Void) {
        notAllowed = handler
    }

    func add(_ method: StaticString, _ pattern: StaticString, _ service: Service) {
        if case .complete = service {} else { hasStreams = true }
        let servesHEAD = servesHEAD && ByteView(method) == "GET"
        routes.append(
            Route(method: method, pattern: RoutePattern(pattern), service: service, servesHEAD: servesHEAD))
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
            if route.servesHEAD { methods.append(", HEAD") }
        }
        methods.isEmpty ? notFound(request, responder) : notAllowed(request, methods.readable, responder)
    }
}

extension HTTPServer {
    /// A server whose requests are served by a router's routes; routes may be added later, too.
    public convenience init(loop: EventLoop, limits: Limits = Limits(), router: HTTPRouter) {
        self.init(loop: loop, limits: limits) { request, responder in router.serve(request, responder) }
        context.findConsumer = { router.consumer(of: $0) }
    }
}
