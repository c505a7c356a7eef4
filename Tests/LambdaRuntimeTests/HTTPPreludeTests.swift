import LambdaAPI
import LambdaRuntime
import ServiceFakes
import Testing

@Suite struct HTTPPreludeTests {
    private static let nuls = String(repeating: "\0", count: 8)

    @Test func statusAndHeadersComeBeforeTheBody() async throws {
        try await withStreaming { _, writer, _ in
            try await writer.writeStatusAndHeaders(
                status: 201, headers: ["Content-Type": "text/html", "X-Quoted": "\"é\""],
                cookies: ["a=1; Secure", "b=2"])
            try await writer.write("first")
            try await writer.write(", second")
        } _: { api in
            for number in 0..<3 {
                try await api.expect("GET", "/invocation/next")
                api.give("1", id: "id-\(number)")
                let response = try await api.expect("POST", "/invocation/id-\(number)/response")
                #expect(response.headers["Content-Type"] == "application/vnd.awslambda.http-integration-response")
                #expect(response.headers["Lambda-Runtime-Function-Response-Mode"] == "streaming")
                #expect(response.headers["Transfer-Encoding"] == "chunked")
                #expect(
                    response.body == #"""
                        {"statusCode":201,"headers":{"Content-Type":"text/html","X-Quoted":"\"é\""},"cookies":["a=1; Secure","b=2"]}
                        """# + Self.nuls + "first, second")
                #expect(response.trailers.isEmpty)
            }
        }
    }

    @Test func aBodyMayBeEmptyOrFail() async throws {
        try await withStreaming { event, writer, _ in
            try await writer.writeStatusAndHeaders(status: 204)
            if event == Array("fail".utf8) { throw FunctionError(type: "Late", message: "after the head") }
        } _: { api in
            for (event, type) in [("go", nil), ("fail", "Late")] as [(String, String?)] {
                try await api.expect("GET", "/invocation/next")
                api.give(event, id: "id-1")
                let response = try await api.expect("POST", "/invocation/id-1/response")
                #expect(response.body == #"{"statusCode":204}"# + Self.nuls)
                #expect(response.trailers["Lambda-Runtime-Function-Error-Type"] == type)
            }
        }
    }

    @Test(
        arguments: [
            (["A": "1", "b": "2", "a": "3"], #""headers":{"b":"2"},"multiValueHeaders":{"A":["1","3"]}"#),
            (["Set-Cookie": "x=1", "Set-Cookie": "y=2"], #""multiValueHeaders":{"Set-Cookie":["x=1","y=2"]}"#),
            (["x": "\t padded ", "y": ""], #""headers":{"x":"\t padded ","y":""}"#),
            (["!#$%&'*+-.^_`|~09": "a"], #""headers":{"!#$%&'*+-.^_`|~09":"a"}"#),
        ] as [(LambdaResponseWriter.Headers, String)])
    func fieldsOfOneNameAreOneWithSeveralValues(headers: LambdaResponseWriter.Headers, json: String) async throws {
        let pieces = Log<[UInt8]>()
        let writer = LambdaResponseWriter { pieces.append($0) }
        try await writer.writeStatusAndHeaders(status: 200, headers: headers)
        let all = pieces.all.map { String(decoding: $0, as: UTF8.self) }
        #expect(all == [#"{"statusCode":200,\#(json)}"# + Self.nuls])
    }

    @Test func headersCanBeMadeOfADictionaryAndOneByOne() async throws {
        let pieces = Log<[UInt8]>()
        let writer = LambdaResponseWriter { pieces.append($0) }
        var headers = LambdaResponseWriter.Headers(["a": "1"])
        headers.append("b", "2")
        try await writer.writeStatusAndHeaders(status: 999, headers: headers)
        #expect(
            pieces.all.map { String(decoding: $0, as: UTF8.self) } == [
                #"{"statusCode":999,"headers":{"a":"1","b":"2"}}"# + Self.nuls
            ])
    }

    @Test(
        arguments: [
            (["a": "1"], #""headers":{"a":"1","Content-Type":"text/plain"}"#),
            (["content-type": "text/html"], #""headers":{"content-type":"text/html"}"#),
        ] as [(LambdaResponseWriter.Headers, String)])
    func theContentTypeThatWasSetIsTheBodys(headers: LambdaResponseWriter.Headers, json: String) async throws {
        let pieces = Log<[UInt8]>()
        let writer = LambdaResponseWriter { pieces.append($0) }
        writer.contentType = "text/plain"
        try await writer.writeStatusAndHeaders(status: 200, headers: headers)
        let all = pieces.all.map { String(decoding: $0, as: UTF8.self) }
        #expect(all == [#"{"statusCode":200,\#(json)}"# + Self.nuls])
    }

    @Test(
        arguments: [
            (99, [:], [], "the status 99 is not from 100 to 999"),
            (1_000, [:], [], "the status 1000 is not from 100 to 999"),
            (-200, [:], [], "the status -200 is not from 100 to 999"),
            (200, ["": "1"], [], #"the header name "" is no token"#),
            (200, ["a b": "1"], [], #"the header name "a b" is no token"#),
            (200, ["a:": "1"], [], #"the header name "a:" is no token"#),
            (200, ["é": "1"], [], #"the header name "é" is no token"#),
            (200, ["a\r\nb": "1"], [], #"the header name "a\r\nb" is no token"#),
            (200, ["ok": "1", "a": "1\r\nb: 2"], [], #"the value of the header "a" has a control character"#),
            (200, ["a": "\0"], [], #"the value of the header "a" has a control character"#),
            (200, ["a": "\u{7F}"], [], #"the value of the header "a" has a control character"#),
            (200, [:], ["a=1", "b=\n"], "the cookie at 1 has a control character"),
        ] as [(Int, LambdaResponseWriter.Headers, [String], String)])
    func whatIsNoHeadIsRefusedAndWritesNothing(
        status: Int, headers: LambdaResponseWriter.Headers, cookies: [String], words: String
    ) async throws {
        let pieces = Log<[UInt8]>()
        let writer = LambdaResponseWriter { pieces.append($0) }
        let error = await #expect(throws: LambdaResponseWriter.HeadError.self) {
            try await writer.writeStatusAndHeaders(status: status, headers: headers, cookies: cookies)
        }
        #expect(error?.description == words)
        #expect(pieces.all.isEmpty)
        // The response has not begun: a better one is welcome.
        try await writer.writeStatusAndHeaders(status: 500)
        #expect(pieces.all.count == 1)
    }

    @Test func aRefusedHeadIsReportedLikeAnyError() async throws {
        try await withStreaming { _, writer, _ in
            try await writer.writeStatusAndHeaders(status: 0)
        } _: { api in
            try await api.expect("GET", "/invocation/next")
            api.give("1", id: "id-1")
            let error = try await api.expect("POST", "/invocation/id-1/error")
            #expect(
                error.body
                    == #"{"errorMessage":"the status 0 is not from 100 to 999","errorType":"HeadError","stackTrace":[]}"#
            )
            try await api.expect("GET", "/invocation/next")
        }
    }

    @Test func comesFirstAndOnce() async throws {
        let errors = Log<String>()
        try await withStreaming { event, writer, _ in
            try await writer.write([])
            if event == Array("late".utf8) {
                try await writer.write("body")
            } else {
                try await writer.writeStatusAndHeaders(status: 200)
            }
            do {
                try await writer.writeStatusAndHeaders(status: 404)
            } catch {
                errors.append("\(error)")
            }
            try await writer.write(" goes on")
        } _: { api in
            for (event, body) in [("late", "body"), ("twice", #"{"statusCode":200}"# + Self.nuls)] {
                try await api.expect("GET", "/invocation/next")
                api.give(event, id: "id-1")
                #expect(try await api.expect("POST", "/invocation/id-1/response").body == body + " goes on")
                #expect(try await errors.next() == "the response has begun, and status and headers come first and once")
            }
        }
    }

    /// One of them is first, whatever the others do meanwhile.
    @Test func ofSeveralTasksOneBegins() async throws {
        try await withStreaming { _, writer, _ in
            await withTaskGroup { group in
                for status in 200..<220 {
                    group.addTask { try? await writer.writeStatusAndHeaders(status: status) }
                    group.addTask { try? await writer.write("x") }
                }
            }
        } _: { api in
            for number in 0..<20 {
                try await api.expect("GET", "/invocation/next")
                api.give("1", id: "id-\(number)")
                let response = try await api.expect("POST", "/invocation/id-\(number)/response")
                let isHead = response.headers["Content-Type"] == "application/vnd.awslambda.http-integration-response"
                let body = String(response.body.drop { $0 == "x" })
                #expect(response.body.count { $0 == "x" } == 20)
                #expect(isHead ? response.body.hasPrefix("{") : body.isEmpty)
                #expect(response.body.count { $0 == "{" } == (isHead ? 1 : 0))
            }
        }
    }
}
