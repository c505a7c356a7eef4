import ReactorHTTP
import Testing

@Suite struct HTTPRouterTests {
    private func bench() throws -> RoutedBench {
        let made = try RoutedBench()
        func name(_ name: String) -> HTTPRouter.Handler {
            { request, responder in
                var text = name
                for parameter: StaticString in ["x", "*"] {
                    if let value = request.parameter(parameter) { text += " \(parameter)=\(value.string)" }
                }
                if let query = request.query { text += " ?\(query.string)" }
                if !request.body.isEmpty { text += " \(request.body.string)" }
                responder.respond(200, text: text)
            }
        }
        made.router.on("GET", "/", handler: name("root"))
        made.router.on("GET", "/a", handler: name("a"))
        made.router.on("POST", "/a", handler: name("a posted"))
        made.router.on("GET", "/a/:x", handler: name("parameter"))
        made.router.on("GET", "/a/b", handler: name("never: the one before it matches"))
        made.router.on("HEAD", "/own", handler: name("head"))
        made.router.on("GET", "/own", handler: name("get"))
        made.router.on("PUT", "/files/*", handler: name("file"))
        made.router.on("GET", "/files/:x", handler: name("read"))
        made.router.on("get", "/lower", handler: name("lower"))
        return made
    }

    @Test func servesWhatMatchesFirst() throws {
        let made = try bench()
        let table: [(String, String)] = [
            (get("/"), answer("root")),
            (get("/?q"), answer("root ?q")),
            (get("http://a/a?q"), answer("a ?q")),
            (get("/a"), answer("a")),
            (post("/a", "body"), answer("a posted body")),
            (get("/a/1"), answer("parameter x=1")),
            (get("/a/b"), answer("parameter x=b")),
            (get("/files/1"), answer("read x=1")),
            ("PUT /files/1/2 HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nz", answer("file *=1/2 z")),
            ("get /lower HTTP/1.1\r\nHost: a\r\n\r\n", answer("lower")),
            (get("/none"), answer(404, "")),
            (get("/a/"), answer(404, "")),
            ("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", answer(404, "")),
        ]
        for (request, expected) in table { #expect(try made.exchange(request) == expected, "\(request)") }
    }

    @Test func tellsWhichMethodsThereAre() throws {
        let made = try bench()
        func refusal(_ methods: String) -> String {
            "HTTP/1.1 405 Method Not Allowed\r\nAllow: \(methods)\r\nContent-Length: 0\r\n\r\n"
        }
        #expect(try made.exchange("PUT /a HTTP/1.1\r\nHost: a\r\n\r\n") == refusal("GET, HEAD, POST"))
        #expect(try made.exchange("PUT /a/b HTTP/1.1\r\nHost: a\r\n\r\n") == refusal("GET, HEAD"))
        #expect(try made.exchange(post("/files/1", "")) == refusal("PUT, GET, HEAD"))
        #expect(try made.exchange(get("/lower")) == refusal("get"))
        #expect(try made.exchange(get("/upload")) == refusal("POST"))
    }

    @Test func servesHEADAsGET() throws {
        let made = try bench()
        let head = "HTTP/1.1 200 OK\r\nContent-Length: "
        #expect(try made.exchange("HEAD /a HTTP/1.1\r\nHost: a\r\n\r\n") == head + "1\r\n\r\n")
        #expect(try made.exchange("HEAD /own HTTP/1.1\r\nHost: a\r\n\r\n") == head + "4\r\n\r\n")
        #expect(try made.exchange(get("/own")) == answer("get"))
    }

    @Test func takesHEADForItselfWhereItIsToldSo() throws {
        let made = try RoutedBench(servesHEAD: false)
        made.router.on("POST", "/get") { _, responder in responder.respond(204) }
        #expect(
            try made.exchange("HEAD /get HTTP/1.1\r\nHost: a\r\n\r\n")
                == "HTTP/1.1 405 Method Not Allowed\r\nAllow: GET, POST\r\nContent-Length: 0\r\n\r\n")
        made.router.methodNotAllowed { request, methods, responder in
            responder.respond(501, text: "\(request.method.string) is none of \(methods.string)")
        }
        #expect(try made.exchange("PUT /get HTTP/1.1\r\nHost: a\r\n\r\n") == answer(501, "PUT is none of GET, POST"))
        #expect(try made.exchange(get("/none")) == answer(404, ""))
    }

    @Test func routesMayComeLaterAndTheRestGoElsewhere() throws {
        let made = try bench()
        #expect(try made.exchange(get("/later")) == answer(404, ""))
        made.router.on("GET", "/later") { _, responder in responder.respond(204) }
        made.router.otherwise { request, responder in responder.respond(410, text: request.path.string) }
        #expect(try made.exchange(get("/later")) == "HTTP/1.1 204 No Content\r\n\r\n")
        #expect(try made.exchange(get("/gone?x")) == answer(410, "/gone"))
    }

    @Test func findsValuesInQueries() throws {
        let made = try RoutedBench()
        made.router.on("GET", "/q") { request, responder in
            responder.respond(200, text: request.queryValue("name").map { "<\($0.string)>" } ?? "nil")
        }
        let table: [(String, String)] = [
            ("/q", "nil"), ("/q?", "nil"), ("/q?name", "<>"), ("/q?name=", "<>"), ("/q?name=x", "<x>"),
            ("/q?a=b&name=x&name=y", "<x>"), ("/q?a=b&name", "<>"), ("/q?names=x", "nil"),
            ("/q?nam=x&&name=a=b", "<a=b>"),
            ("/q?name&", "<>"), ("/q?Name=x", "nil"), ("/q?a&", "nil"),
        ]
        for (target, expected) in table { #expect(try made.exchange(get(target)) == answer(expected), "\(target)") }
    }
}
