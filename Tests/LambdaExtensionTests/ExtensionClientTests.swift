import LambdaExtension
import Testing

/// The client against a service that speaks over a real connection.
@Suite struct ExtensionClientTests {
    private static let shutdown = #"{"eventType":"SHUTDOWN","deadlineMs":7,"shutdownReason":"spindown"}"#

    // MARK: What is sent

    @Test(
        arguments: [
            (SubscribedEvents.shutdown, #"{"events":["SHUTDOWN"]}"#),
            (.invoke, #"{"events":["INVOKE"]}"#),
            ([.invoke, .shutdown], #"{"events":["INVOKE","SHUTDOWN"]}"#),
            ([], #"{"events":[]}"#),
        ] as [(SubscribedEvents, String)])
    func registersWithItsNameAndEvents(_ events: SubscribedEvents, _ body: String) throws {
        let scene = try Scene { _ in .plain(200, "{}", identifier: "id-1") }
        #expect(try scene.register(events) == "- - - -")
        let request = try #require(scene.service.requests.first)
        #expect(request.line == "POST /2020-01-01/extension/register")
        #expect(request.body == body)
        #expect(request.fields["Lambda-Extension-Name"] == "postinvoke")
        #expect(request.fields["Content-Type"] == "application/json")
        #expect(request.fields["Host"].map { $0.hasPrefix("127.0.0.1:") } == true)
        #expect(request.fields["Lambda-Extension-Accept-Feature"] == nil)
        #expect(request.fields["Lambda-Extension-Identifier"] == nil)
    }

    @Test func asksForTheAccountOnRequestOnly() throws {
        let scene = try Scene { _ in .plain(200, #"{"accountId":"123456789012"}"#, identifier: "id-1") }
        #expect(try scene.register(acceptsAccountID: true) == "- - - 123456789012")
        #expect(scene.service.requests[0].fields["Lambda-Extension-Accept-Feature"] == "accountId")
    }

    @Test func carriesTheIdentifierOverOneConnection() throws {
        let scene = try Scene { request in
            if request.line.hasSuffix("/register") { return .plain(200, "{}", identifier: "b9a-7") }
            return request.line.hasSuffix("/next") ? .plain(200, Self.shutdown) : .plain(202, #"{"status":"OK"}"#)
        }
        _ = try scene.register()
        for _ in 0..<3 { #expect(try scene.next() == "SHUTDOWN 7 spindown") }
        #expect(try scene.initError("cannot \"start\"\n") == "accepted")
        #expect(try scene.exitError("") == "accepted")
        let requests = scene.service.requests
        #expect(
            requests.map(\.line) == [
                "POST /2020-01-01/extension/register", "GET /2020-01-01/extension/event/next",
                "GET /2020-01-01/extension/event/next", "GET /2020-01-01/extension/event/next",
                "POST /2020-01-01/extension/init/error", "POST /2020-01-01/extension/exit/error",
            ])
        #expect(requests.dropFirst().allSatisfy { $0.fields["Lambda-Extension-Identifier"] == "b9a-7" })
        #expect(requests[1].fields["Content-Length"] == nil)
        for request in requests[4...] {
            #expect(request.fields["Lambda-Extension-Function-Error-Type"] == "Extension.Bad")
        }
        #expect(
            requests[4].body
                == #"{"errorMessage":"cannot \"start\"\n","errorType":"Extension.Bad","stackTrace":[]}"#)
        #expect(scene.service.connections == 1)
    }

    // MARK: What is understood

    @Test(arguments: [
        (#"{"functionName":"f","functionVersion":"$LATEST","handler":"h.handle"}"#, "f $LATEST h.handle -"),
        (#"{"handler":"\u00e9","functionName":null,"functionVersion":1,"new":{"handler":"x"}}"#, "- - é -"),
        // Registering does not depend on what the service says of the function.
        ("", "- - - -"),
        ("[]", "- - - -"),
        (#"{"functionName":"f","#, "f - - -"),
    ])
    func readsTheRegistration(_ body: String, _ expected: String) throws {
        let scene = try Scene { _ in .plain(200, body, identifier: "id-1") }
        #expect(try scene.register() == expected)
    }

    /// The service sends bodies of more than 2048 bytes in chunks; a long trace id is enough for that.
    @Test(arguments: [1, 512, 2_049, 5_000, 70_000])
    func readsChunkedAnswers(_ chunk: Int) throws {
        let trace = String(repeating: "t", count: 60_000)
        let body = Array(
            #"{"eventType":"INVOKE","deadlineMs":5,"requestId":"a","tracing":{"type":"x","value":"\#(trace)"}}"#.utf8)
        var answer = "HTTP/1.1 200 OK\r\nLambda-Extension-Event-Identifier: e\r\nTransfer-Encoding: chunked\r\n\r\n"
        for start in stride(from: 0, to: body.count, by: chunk) {
            let piece = body[start..<min(start + chunk, body.count)]
            answer += String(piece.count, radix: 16) + "\r\n" + String(decoding: piece, as: UTF8.self) + "\r\n"
        }
        answer += "0\r\n\r\n"
        let scene = try Scene { [answer] _ in .raw(answer) }
        #expect(try scene.next() == "INVOKE a 60000")
    }

    @Test func passesUnknownEventsOn() throws {
        let scene = try Scene { _ in .plain(200, #"{"eventType":"NEW"}"#) }
        #expect(try scene.next() == "unknown NEW")
    }

    /// SHUTDOWN comes as text/plain, and header values may be empty.
    @Test func readsShutdownAsText() throws {
        let head = "HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nX-Empty:\r\nContent-Length: "
        let scene = try Scene { _ in .raw(head + "\(Self.shutdown.utf8.count)\r\n\r\n" + Self.shutdown) }
        #expect(try scene.next() == "SHUTDOWN 7 spindown")
    }
}
