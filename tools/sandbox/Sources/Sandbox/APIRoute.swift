import JSON
import ReactorHTTP

/// The paths of the Runtime API, the Extensions API and the metadata endpoint.
package enum APIRoute: Equatable {
    case runtimeNext
    case response(id: String)
    case error(id: String)
    case runtimeInitError
    case restoreNext
    case restoreError
    case register
    case extensionNext
    case extensionInitError
    case extensionExitError
    case telemetry
    case logs
    case metadata

    package enum Result: Equatable {
        case found(APIRoute)
        case wrongMethod(allowed: StaticString)
        case unknown

        package static func == (left: Result, right: Result) -> Bool {
            switch (left, right) {
            case (.found(let left), .found(let right)): left == right
            case (.wrongMethod(let left), .wrongMethod(let right)): ByteView(left) == ByteView(right)
            case (.unknown, .unknown): true
            default: false
            }
        }
    }

    /// Finds the route of a request.
    package static func find(_ method: ByteView, _ path: ByteView) -> Result {
        guard let (route, allowed) = find(path) else { return .unknown }
        return method == ByteView(allowed) ? .found(route) : .wrongMethod(allowed: allowed)
    }

    private static func find(_ path: ByteView) -> (APIRoute, allowed: StaticString)? {
        let invocation = ByteView("/2018-06-01/runtime/invocation/")
        if path == "/2018-06-01/runtime/invocation/next" { return (.runtimeNext, "GET") }
        if path.starts(with: invocation) {
            let rest = path.dropFirst(invocation.count)
            guard let slash = rest.firstIndex(of: UInt8(ascii: "/")), slash > 0 else { return nil }
            let id = rest[0..<slash].string
            if rest.dropFirst(slash) == "/response" { return (.response(id: id), "POST") }
            if rest.dropFirst(slash) == "/error" { return (.error(id: id), "POST") }
            return nil
        }
        if path == "/2018-06-01/runtime/init/error" { return (.runtimeInitError, "POST") }
        if path == "/2018-06-01/runtime/restore/next" { return (.restoreNext, "GET") }
        if path == "/2018-06-01/runtime/restore/error" { return (.restoreError, "POST") }
        if path == "/2020-01-01/extension/register" { return (.register, "POST") }
        if path == "/2020-01-01/extension/event/next" { return (.extensionNext, "GET") }
        if path == "/2020-01-01/extension/init/error" { return (.extensionInitError, "POST") }
        if path == "/2020-01-01/extension/exit/error" { return (.extensionExitError, "POST") }
        if path == "/2022-07-01/telemetry" { return (.telemetry, "PUT") }
        if path == "/2020-08-15/logs" { return (.logs, "PUT") }
        if path == ByteView(MetadataEndpoint.path) { return (.metadata, "GET") }
        return nil
    }

    /// Returns what a request on this route means to the environment, or nil when it is none of its business.
    func input(_ call: Call, _ request: HTTPRequest) -> Input? {
        let errorType = request.field("Lambda-Runtime-Function-Error-Type")?.string ?? ""
        let invocationID = request.field("Lambda-Runtime-Invocation-Id").flatMap { $0.isEmpty ? nil : $0.string }
        let identifier = request.field("Lambda-Extension-Identifier")?.string
        let reported = request.field("Lambda-Extension-Function-Error-Type")?.string
        switch self {
        case .runtimeNext: return .runtime(call, .next)
        case .response(let id):
            return .runtime(call, .response(id: id, invocationID: invocationID, FunctionResponse(request)))
        case .error(let id):
            return .runtime(
                call, .error(id: id, invocationID: invocationID, type: errorType, body: request.body.array))
        case .runtimeInitError: return .runtime(call, .initError(type: errorType, body: request.body.array))
        case .restoreNext: return .runtime(call, .restoreNext)
        case .restoreError: return .runtime(call, .restoreError(type: errorType, body: request.body.array))
        case .register:
            return .extension(
                call,
                .register(
                    name: request.field("Lambda-Extension-Name")?.string, events: Self.events(in: request.body),
                    wantsAccountID: request.fields.contains("Lambda-Extension-Accept-Feature", token: "accountId")))
        case .extensionNext: return .extension(call, .next(identifier: identifier))
        case .extensionInitError: return .extension(call, .initError(identifier: identifier, type: reported))
        case .extensionExitError: return .extension(call, .exitError(identifier: identifier, type: reported))
        case .telemetry:
            return .extension(call, .subscribe(identifier: identifier, TelemetryRequest.read(request.body)))
        case .logs: return .extension(call, .subscribeElsewhere(identifier: identifier, service: "Logs"))
        case .metadata: return nil
        }
    }

    /// The events a registration asks for; nil when the body is not what it should be. None is a choice, too.
    package static func events(in body: ByteView) -> [String]? {
        var reader = JSONReader(body)
        var events: [String] = []
        do {
            guard case .beginObject = try reader.next() else { return nil }
            while case .key(let name) = try reader.next() {
                guard name == "events" else {
                    try reader.skipValue()
                    continue
                }
                switch try reader.next() {
                case .null: continue
                case .beginArray: break
                default: return nil
                }
                elements: while true {
                    switch try reader.next() {
                    case .string(let text): events.append(text.string)
                    case .endArray: break elements
                    default: return nil
                    }
                }
            }
            guard case .end = try reader.next() else { return nil }
            return events
        } catch {
            return nil
        }
    }
}

extension FunctionResponse {
    /// The response in a request to the Runtime API ("Using the Lambda runtime API", "Response streaming").
    init(_ request: HTTPRequest) {
        var mode = Mode.buffered
        if let name = request.field("Lambda-Runtime-Function-Response-Mode"), !name.isEmpty {
            mode = name == "streaming" ? .streaming : .unknown
        }
        var body = request.body.array
        let trailing = request.trailers.first("Lambda-Runtime-Function-Error-Type")?.string
        if trailing != nil, let encoded = request.trailers.first("Lambda-Runtime-Function-Error-Body"),
            let decoded = Base64.decode(encoded)
        {
            body = decoded
        }
        self.init(
            body: body, contentType: request.field("Content-Type")?.string ?? "", mode: mode,
            trailingErrorType: trailing)
    }
}
