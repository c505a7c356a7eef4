import Foundation
import Testing

/// Tests the local protocol byte for byte, as any language can speak it.
@Suite struct LocalProtocolTests {
    private static let id = "Lambda-Runtime-Aws-Request-Id"

    @Test(arguments: [
        (check(), 200, nil as String?), (check(session: 7), 200, nil), (done(), 200, nil), (done("a"), 200, nil),
        (request("GET /status"), 200, nil), (request("GET /check?now"), 200, nil),
        (request("GET http://127.0.0.1:1339/check"), 200, nil), (request("POST HTTP://localhost/done?a"), 200, nil),
        (request("GET http://127.0.0.1:1339"), 404, nil),
        (request("GET /check", ["Postinvoke-Session": ""]), 200, nil),
        (request("GET /check", ["postinvoke-session": "7"]), 200, nil),
        (request("POST /done", [id: ""]), 200, nil),
        (request("POST /done", ["Content-Length": "5"]) + "12345", 200, nil),
        (request("POST /done", ["Transfer-Encoding": "chunked"]) + "3\r\nabc\r\n0\r\n\r\n", 200, nil),
        (request("GET /"), 404, nil), (request("GET /done/"), 404, nil), (request("GET /Check"), 404, nil),
        (request("GET /2020-01-01/extension/event/next"), 404, nil), (request("OPTIONS *"), 404, nil),
        (request("POST /check"), 405, "GET"), (request("GET /done"), 405, "POST"), (request("PUT /done"), 405, "POST"),
        (request("POST /status"), 405, "GET"), (request("DELETE /status"), 405, "GET"),
        (request("get /check"), 405, "GET"),
        (check(session: 0), 400, nil), (check(session: -1), 400, nil),
        (request("GET /check", ["Postinvoke-Session": "x"]), 400, nil),
        (request("GET /check", ["Postinvoke-Session": "99999999999999999999"]), 400, nil),
        (done(String(repeating: "x", count: 128)), 200, nil), (done(String(repeating: "x", count: 129)), 400, nil),
    ])
    func answers(_ request: String, _ status: Int, _ allow: String?) throws {
        let scene = try Scene.polling()
        let function = try scene.connect()
        let answer = try scene.ask(function, request)
        #expect(answer.status == status)
        #expect(answer.fields["Allow"] == allow)
        if !request.contains("/status") || status != 200 {
            #expect(answer.fields["Content-Length"] == "0")
            #expect(answer.body == "")
        }
        // The connection stays good for whatever comes next.
        #expect(try scene.ask(function, check()).status == 200)
        #expect(!function.isClosed)
    }

    @Test(arguments: [
        ("GET /check\r\n\r\n", 400), ("GET /check HTTP/3.0\r\nHost: a\r\n\r\n", 505),
        ("GET /check HTTP/1.1\r\nHost : a\r\n\r\n", 400), ("GET /check HTTP/1.1\nHost: a\n\n", 400),
        ("POST /done HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n", 400),
        ("POST /done HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999\r\n\r\n", 413),
        ("POST /done HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n", 501),
        ("GET /check HTTP/1.1\r\nHost: a\r\nX: \(String(repeating: "x", count: 20_000))\r\n\r\n", 431),
        ("GET /\(String(repeating: "x", count: 9_000)) HTTP/1.1\r\nHost: a\r\n\r\n", 414),
    ])
    func refusesAndCloses(_ bytes: String, _ status: Int) throws {
        let scene = try Scene.polling()
        let function = try scene.connect()
        #expect(try scene.ask(function, bytes).status == status)
        try scene.wait(for: "the end of the connection") { function.isClosed }
        #expect(try scene.ask(try scene.connect(), check()).status == 200)
    }

    @Test func checkSaysModeAndVersion() throws {
        let scene = try Scene.polling()
        let answer = try scene.ask(try scene.connect(), check())
        #expect(answer.fields["Postinvoke-Mode"] == "hold")
        let version = try #require(answer.fields["Postinvoke-Version"])
        #expect(version.split(separator: ".").count == 3)
    }

    /// Exactly the members that monitoring may rely on, in this order.
    @Test func statusIsOneJSONObject() throws {
        let (scene, function) = try Scene.inSession()
        let answer = try scene.ask(function, request("GET /status"))
        #expect(answer.fields["Content-Type"] == "application/json")
        let expected = """
            {"mode":"hold","state":"polling","requestId":null,"holds":0,"releases":{"done":0,"session":0,"deadline":0,\
            "budget":0,"passThrough":0},"early":0,"stale":0,"refused":0,"connections":1,"pid":
            """
        let (body, numbers) = (answer.body, answer.body.dropFirst(expected.count).split(separator: ","))
        #expect(body.hasPrefix(expected))
        #expect(numbers.count == 2)
        #expect(Int(numbers[0]) != nil)
        #expect(numbers[1].hasPrefix(#""uptimeMs":"#) && numbers[1].hasSuffix("}"))
        try scene.hold("a")
        let later = try scene.status()
        #expect(later.state == "holding")
        #expect(later.holds == 1)
        #expect(later.uptimeMs >= 0)
    }

    @Test func pipelinedRequestsAreAnsweredInOrder() throws {
        let (scene, function) = try Scene.holding("a")
        function.send(request("GET /nothing") + done("b") + done("a") + request("PUT /done") + done("a") + check())
        try scene.wait(for: "six answers") { function.answers.count == 7 }
        #expect(function.answers.dropFirst().map(\.status) == [404, 200, 200, 405, 200, 200])
        try scene.expectNext(2)
        #expect(try scene.status().stale == 2)
    }

    @Test func requestsMayComeByteByByte() throws {
        let (scene, function) = try Scene.holding("a")
        for (index, byte) in done("a").enumerated() {
            #expect(function.answers.count == 1)
            function.send(String(byte))
            // An answer to somebody else: the byte before it has been read by then. Not of each: a head may take seconds only.
            if index % 8 == 0 { _ = try scene.status() }
        }
        try scene.wait(for: "the answer") { function.answers.count == 2 }
        try scene.expectNext(2)
    }

    /// Sends the requests of a client made with Go's net/http, empty Content-Type and all.
    @Test func understandsGo() throws {
        let (scene, function) = try Scene.holding("a")
        let answer = try scene.ask(
            function,
            "POST /done HTTP/1.1\r\nHost: 127.0.0.1:1339\r\nUser-Agent: Go-http-client/1.1\r\nContent-Length: 0\r\n"
                + "Content-Type: \r\nAccept-Encoding: gzip\r\n\r\n")
        #expect(answer.status == 200)
        #expect(answer.fields["Content-Length"] == "0")
        #expect(answer.fields["Connection"] == nil)
        try scene.expectNext(2)
    }

    @Test func closesWhereTheClientAsksForIt() throws {
        let scene = try Scene.polling()
        let old = try scene.connect()
        #expect(try scene.ask(old, "GET /check HTTP/1.0\r\n\r\n").status == 200)
        try scene.wait(for: "the end") { old.isClosed }
        let polite = try scene.connect()
        #expect(try scene.ask(polite, request("GET /check", ["Connection": "close"])).fields["Connection"] == "close")
        try scene.wait(for: "the end") { polite.isClosed }
    }
}
