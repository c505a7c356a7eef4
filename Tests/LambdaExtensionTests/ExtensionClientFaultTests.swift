import LambdaExtension
import Testing

/// Tests what can go wrong with a call, and how it is reported to the caller.
@Suite struct ExtensionClientFaultTests {
    private static let faults: [(answer: ExtensionsAPI.Answer, words: String)] = [
        (
            .plain(403, #"{"errorMessage":"no such extension","errorType":"Extension.InvalidExtensionName"}"#),
            "answered 403 Extension.InvalidExtensionName: no such extension"
        ),
        (
            .plain(403, #"{"errorType":"Extension.T\u0079pe","errorMessage":null,"more":[]}"#),
            "answered 403 Extension.Type"
        ),
        (.plain(400, #"{"errorMessage":"m"}"#), "answered 400: m"),
        (.plain(500, ""), "answered 500"),
        (.plain(502, "<html>bad gateway</html>"), "answered 502"),
        (.plain(404, "404 page not found"), "answered 404"),
        (.plain(403, #"["errorType"]"#), "answered 403"),
        (.plain(302, "{}"), "answered 302"),
        (.close, "lost the connection before the answer"),
        (.raw("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{"), "lost the connection before the answer"),
        (.raw("HTTP/1.1 200 OK\r\nContent-Le"), "lost the connection before the answer"),
        (.raw("HTTP/2 200 OK\r\n\r\n"), "malformed answer: "),
        (.raw("garbage\r\n\r\n"), "malformed answer: "),
        (.raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"), "malformed answer: "),
    ]

    @Test(arguments: faults.indices)
    func everyCallReportsItsFault(_ index: Int) throws {
        let (answer, words) = Self.faults[index]
        let scene = try Scene { _ in answer }
        let outcomes = [
            ("register", try scene.register()), ("event/next", try scene.next()),
            ("init/error", try scene.initError("m")), ("exit/error", try scene.exitError("m")),
        ]
        for (call, outcome) in outcomes {
            if words.hasSuffix(": ") {
                #expect(outcome.hasPrefix("Extensions API \(call) \(words)"))
            } else {
                #expect(outcome == "Extensions API \(call) \(words)")
            }
        }
    }

    @Test func registeringNeedsAnIdentifier() throws {
        let scene = try Scene { _ in .plain(200, "{}") }
        #expect(try scene.register() == "Extensions API register answered without a Lambda-Extension-Identifier")
    }

    @Test(arguments: ["", "{}", "INVOKE", #"{"eventType":"INVOKE","deadlineMs":1}"#])
    func anEventMustBeOne(_ body: String) throws {
        let scene = try Scene { _ in .plain(200, body) }
        #expect(try scene.next().hasPrefix("Extensions API event/next answered without a"))
    }

    @Test func nobodyListens() throws {
        let loop = try EventLoop()
        // The near end of a connection has its port to itself, and nobody listens there.
        let listener = try Socket.listen(on: .loopback(port: 0))
        let connection = try Socket.connect(to: try #require(try listener.localAddress()))
        let address = try #require(try connection.localAddress()).description
        let endpoint = try address.withByteView { text throws(SettingError) in try LambdaEndpoint(parsing: text)
        }
        let client = ExtensionClient(loop: loop, endpoint: endpoint)
        var outcome: String?
        client.next { result in
            if case .failure(let error) = result { outcome = error.description }
        }
        try loop.runRounds { outcome != nil }
        #expect(outcome == "Extensions API event/next cannot connect: Connection refused")
    }

    /// Next is never sent twice: the service would take the second one for the end of the next invocation.
    @Test func nextIsNotRepeated() throws {
        let scene = try Scene { _ in .close }
        _ = try scene.next()
        #expect(scene.service.requests.count == 1)
        _ = try scene.next()
        #expect(scene.service.requests.count == 2)
        #expect(scene.service.connections == 2)
    }

    /// Every call is completed, also of a client that nobody keeps.
    @Test func aClientThatIsLetGoEndsItsCalls() throws {
        let loop = try EventLoop()
        let service = try ExtensionsAPI(on: loop) { _ in .silence }
        var outcomes: [String] = []
        do {
            let client = ExtensionClient(loop: loop, endpoint: service.endpoint)
            client.next { result in
                if case .failure(let error) = result { outcomes.append(error.description) }
            }
            try loop.runRounds { service.requests.count == 1 }
        }
        try loop.runRounds { !outcomes.isEmpty }
        #expect(outcomes == ["Extensions API event/next closed"])
    }

    /// Reports are bounded in time, since whoever sends one wants to exit.
    @Test func reportsTimeOut() throws {
        let scene = try Scene { _ in .silence }
        #expect(try scene.exitError("m") == "Extensions API exit/error timed out")
    }
}
