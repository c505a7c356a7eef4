import ReactorHTTP

/// A call of the Runtime API or the Extensions API: its place there, its name in faults, and what it is to the environment.
package struct APIRoute: Sendable {
    let method: StaticString
    let pattern: StaticString
    let call: AnswerFault.Call
    /// The request's meaning.
    let input: @Sendable (Call, RoutedRequest) -> Input

    /// The path of a response, the only call whose body is taken as it comes (``IncomingResponse``).
    static let responsePattern: StaticString = "/2018-06-01/runtime/invocation/:id/response"

    /// The routes of every call but the response.
    static let all = [
        runtime("GET", "/2018-06-01/runtime/invocation/next", .next) { _ in .next },
        runtime("POST", "/2018-06-01/runtime/invocation/:id/error", .error) {
            .error(id: $0.id, invocationID: $0.invocationID, type: $0.errorType, body: $0.body.array)
        },
        runtime("POST", "/2018-06-01/runtime/init/error", .initError) {
            .initError(type: $0.errorType, body: $0.body.array)
        },
        runtime("GET", "/2018-06-01/runtime/restore/next", .restoreNext) { _ in .restoreNext },
        runtime("POST", "/2018-06-01/runtime/restore/error", .restoreError) {
            .restoreError(type: $0.errorType, body: $0.body.array)
        },
        extensions("POST", "/2020-01-01/extension/register", .register) {
            .register(
                name: $0.text("Lambda-Extension-Name"), events: events(in: $0.body),
                wantsAccountID: $0.request.fields.contains("Lambda-Extension-Accept-Feature", token: "accountId"))
        },
        extensions("GET", "/2020-01-01/extension/event/next", .eventNext) { .next(identifier: $0.identifier) },
        extensions("POST", "/2020-01-01/extension/init/error", .extensionInitError) {
            .initError(identifier: $0.identifier, type: $0.text("Lambda-Extension-Function-Error-Type"))
        },
        extensions("POST", "/2020-01-01/extension/exit/error", .exitError) {
            .exitError(identifier: $0.identifier, type: $0.text("Lambda-Extension-Function-Error-Type"))
        },
        extensions("PUT", "/2022-07-01/telemetry", .telemetry) {
            .subscribe(identifier: $0.identifier, TelemetryRequest.read($0.body))
        },
        extensions("PUT", "/2020-08-15/logs", .telemetry) {
            .subscribeElsewhere(identifier: $0.identifier, service: "Logs")
        },
    ]

    private static func runtime(
        _ method: StaticString, _ pattern: StaticString, _ call: AnswerFault.Call,
        _ read: @escaping @Sendable (RoutedRequest) -> RuntimeCall
    ) -> APIRoute {
        APIRoute(method: method, pattern: pattern, call: call) { .runtime($0, read($1)) }
    }

    private static func extensions(
        _ method: StaticString, _ pattern: StaticString, _ call: AnswerFault.Call,
        _ read: @escaping @Sendable (RoutedRequest) -> ExtensionCall
    ) -> APIRoute {
        APIRoute(method: method, pattern: pattern, call: call) { .extension($0, read($1)) }
    }

    /// Has a router serve all of them.
    static func add(to router: HTTPRouter, _ handler: @escaping (APIRoute, RoutedRequest, HTTPResponder) -> Void) {
        for route in all { router.on(route.method, route.pattern) { handler(route, $0, $1) } }
    }

    private struct Registration: Decodable {
        var events: [String]?
        var configurationKeys: [String]?
    }

    /// The events a registration asks for; nil when the body is not what it should be. None is a choice, too. Keys of a
    /// configuration are refused, as AWS's emulator refuses them (1.30).
    package static func events(in body: ByteView) -> [String]? {
        guard let asked = Registration(json: body), asked.configurationKeys?.isEmpty ?? true else { return nil }
        return asked.events ?? []
    }
}

extension RoutedRequest {
    fileprivate func text(_ name: StaticString) -> String? { field(name)?.string }

    var id: String { parameter("id")?.string ?? "" }
    var invocationID: String? {
        field("Lambda-Runtime-Invocation-Id").flatMap { $0.isEmpty ? nil : $0.string }
    }
    fileprivate var errorType: String { text("Lambda-Runtime-Function-Error-Type") ?? "" }
    fileprivate var identifier: String? { text("Lambda-Extension-Identifier") }
}
