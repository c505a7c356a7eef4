extension HTTPRouter {
    /// Begins with a request whose head alone has come: sets up what is to be done with the pieces of its body, and may
    /// answer at once or any time later.
    public typealias StreamHandler = (RoutedRequest, HTTPRequestBody, HTTPResponder) -> Void

    /// Serves requests of a method and a path whose bodies are handed out while they arrive.
    ///
    ///     router.stream("PUT", "/upload") { request, body, responder in
    ///         body.onPiece = { file.append($0) }
    ///         body.onEnd = { outcome in
    ///             if case .success = outcome { responder.respond(201) }
    ///         }
    ///     }
    ///
    /// Other than a gathered body, which ``HTTPServer/Limits/bodyBytes`` bounds, it takes no memory. The handler is called before
    /// `100 Continue` is sent where the peer waits for it (RFC 9110, section 10.1.1): a refusal then spares it the body. An answer
    /// given before the body is complete is the connection's last.
    ///
    /// - Parameters:
    ///   - method: the method, such as `POST`.
    ///   - pattern: the path, beginning with a slash.
    ///   - limit: the most bytes of a body, decoded; more is answered with 413.
    ///   - handler: called on the loop with each request when its head is complete. The request is valid during the call only, the
    ///     body and the responder as long as one likes.
    public func stream(
        _ method: StaticString, _ pattern: StaticString, limit: UInt64 = .max, handler: @escaping StreamHandler
    ) {
        add(method, pattern, .streamed(handler, limit: limit))
    }

    /// Returns the consumer of a request's body in pieces, if its route is one of ``stream(_:_:limit:handler:)``.
    func consumer(of request: HTTPRequest) -> BodyConsumer? {
        guard hasStreams, let route = route(of: request), case .streamed(let handler, let limit) = route.service else {
            return nil
        }
        let pattern = route.pattern
        return BodyConsumer(limit: limit) { handler(RoutedRequest($0, pattern), $1, $2) }
    }
}
