import LambdaExtension

/// Serves secrets on the loopback: fresh ones from memory, stale ones too while they are fetched anew on the same loop,
/// others when the origin has answered.
///
/// Frozen in the middle of a fetch, the environment may find its connection dead when it goes on: then what is stale stays
/// until somebody asks for it again.
final class SecretsCache {
    private let loop: EventLoop
    private let lambda: ExtensionClient
    private let settings: Settings
    private let origin: Origin
    private var cache: Cache
    private var server: HTTPServer?
    private var exitCode: Int32 = 0

    init(settings: Settings, endpoint: LambdaEndpoint) throws(Errno) {
        self.settings = settings
        loop = try EventLoop()
        lambda = ExtensionClient(loop: loop, endpoint: endpoint)
        origin = Origin(settings: settings, loop: loop)
        cache = Cache(
            fresh: settings.freshMilliseconds, stale: settings.staleMilliseconds, maximumBytes: settings.maximumBytes)
    }

    /// Lives until SHUTDOWN, or until Lambda's API fails.
    ///
    /// - Returns: the exit code.
    func run() throws(Errno) -> Int32 {
        // Before registering: the function may ask as soon as everybody has registered.
        let listener = try Socket.listen(on: .loopback(port: settings.port))
        let address = try listener.localAddress()
        var limits = HTTPServer.Limits()
        limits.bodyBytes = 0
        let server = HTTPServer(loop: loop, limits: limits) { [unowned(unsafe) self] request, responder in
            take(request, responder)
        }
        self.server = server
        try server.serve(listener)
        program.log { line in
            line.append("listening at ")
            address?.append(to: &line)
        }
        // Invocations are of no interest: the function comes by itself.
        lambda.register(name: program.name, for: [.shutdown]) { [self] result in
            switch result {
            case .success: askForNext()
            case .failure(let error): fail(error)
            }
        }
        try loop.run()
        return exitCode
    }

    private func askForNext() {
        lambda.next { [self] result in
            switch result {
            case .success(.shutdown): loop.stop()
            case .success: askForNext()
            case .failure(let error): fail(error)
            }
        }
    }

    private func take(_ request: HTTPRequest, _ responder: HTTPResponder) {
        guard isTrusted(request.field("X-Secrets-Cache-Token")) else {
            return responder.respond(403, body: "X-Secrets-Cache-Token is missing or wrong\n")
        }
        guard request.target.starts(with: "/secrets/"), request.target.count <= 512 else {
            return responder.respond(404)
        }
        guard request.method == "GET" else {
            return responder.respond(405) { $0.appendField("Allow", "GET") }
        }
        let name = request.target.array
        switch cache.find(name, at: WallClock.milliseconds) {
        case .fresh(let entry): respond(entry, "hit", to: responder)
        case .stale(let entry):
            respond(entry, "stale", to: responder)
            if !origin.isFetching(name) { origin.fetch(name) { [self] in keep(name, $0) } }
        case .missing:
            let isFirst = !origin.isFetching(name)
            origin.fetch(name) { [self] result in
                if isFirst { keep(name, result) }
                pass(on: result, to: responder)
            }
        }
    }

    /// Returns true if a caller shows the token; takes as long for a wrong one whichever byte is wrong.
    private func isTrusted(_ shown: ByteView?) -> Bool {
        guard let shown, shown.count == settings.token.count else { return false }
        var difference: UInt8 = 0
        for index in 0..<shown.count { difference |= shown[index] ^ settings.token[index] }
        return difference == 0
    }

    /// Keeps what was fetched if it is a secret. What is not, is no reason to forget the one that is stale.
    private func keep(_ name: [UInt8], _ result: Result<HTTPResponse, HTTPClientError>) {
        switch result {
        case .success(let response) where response.status == 200:
            cache.store(
                name,
                Cache.Entry(
                    value: response.body.array, mediaType: Self.mediaType(of: response).array,
                    stored: WallClock.milliseconds))
        case .success(let response):
            program.log { line in
                line.append("the origin answered ")
                line.append(decimal: UInt64(response.status))
            }
        case .failure(let error):
            program.log { line in
                line.append("the origin: ")
                error.append(to: &line)
            }
        }
    }

    private func respond(_ entry: Cache.Entry, _ word: ByteView, to responder: HTTPResponder) {
        entry.value.withByteView { value in
            responder.respond(200, body: value) { head in
                entry.mediaType.withByteView { head.appendField("Content-Type", $0) }
                head.appendField("Age", UInt64(max(WallClock.milliseconds - entry.stored, 0) / 1_000))
                head.appendField("X-Cache", word)
            }
        }
    }

    private func pass(on result: Result<HTTPResponse, HTTPClientError>, to responder: HTTPResponder) {
        switch result {
        case .success(let response) where response.status >= 200:
            responder.respond(response.status, body: response.body) { head in
                head.appendField("Content-Type", Self.mediaType(of: response))
                head.appendField("X-Cache", "miss")
            }
        case .success, .failure: responder.respond(502, body: "the origin cannot be reached\n")
        }
    }

    private static func mediaType(of response: HTTPResponse) -> ByteView {
        response.field("Content-Type") ?? "application/octet-stream"
    }

    private func fail(_ error: ExtensionError) {
        program.log { error.append(to: &$0) }
        exitCode = 1
        loop.stop()
    }
}
