import Foundation
import Sandbox
import Testing

/// Requests as events of payload format 2.0.
@Suite struct HTTPEventTests {
    private func read(_ event: HTTPEvent) throws -> [String: Any] {
        try #require(JSONSerialization.jsonObject(with: Data(event.json)) as? [String: Any])
    }

    @Test func aRequestIsWhole() throws {
        var event = HTTPEvent()
        event.method = "POST"
        event.path = "/a%2Fb"
        event.query = "x=1"
        event.fields = [
            ("Host", "127.0.0.1:9000"), ("Cookie", "a=b; c=d=e"), ("X-Two", "1"), ("Content-Type", "application/json"),
            ("cookie", "f=g"), ("x-two", "2"), ("Connection", "keep-alive"), ("X-Forwarded-For", "1.2.3.4"),
            ("User-Agent", "test"),
        ]
        event.body = Array("{}".utf8)
        event.port = 9000
        event.region = "eu-central-1"
        event.requestID = "id"
        event.traceID = "Root=1-2-3"
        event.time = 1_795_947_600_000
        let expected = """
            {"version":"2.0","routeKey":"$default","rawPath":"/a%2Fb","rawQueryString":"x=1","cookies":["a=b","c=d=e","f=g"],
            "headers":{"host":"127.0.0.1:9000","x-two":"1,2","content-type":"application/json","user-agent":"test",
            "content-length":"2","x-amzn-trace-id":"Root=1-2-3","x-forwarded-for":"127.0.0.1","x-forwarded-port":"9000",
            "x-forwarded-proto":"http"},"queryStringParameters":{"x":"1"},"requestContext":{"accountId":"anonymous",
            "apiId":"sandbox","domainName":"sandbox.lambda-url.eu-central-1.on.aws","domainPrefix":"sandbox","http":{
            "method":"POST","path":"/a%2Fb","protocol":"HTTP/1.1","sourceIp":"127.0.0.1","userAgent":"test"},"requestId":"id",
            "routeKey":"$default","stage":"$default","time":"29/Nov/2026:10:20:00 +0000","timeEpoch":1795947600000},
            "body":"{}","isBase64Encoded":false}
            """
        #expect(String(decoding: event.json, as: UTF8.self) == expected.replacingOccurrences(of: "\n", with: ""))
    }

    @Test func whatIsNotThereIsLeftOut() throws {
        let event = try read(HTTPEvent())
        #expect(event["cookies"] == nil && event["queryStringParameters"] == nil && event["body"] == nil)
        #expect(event["rawQueryString"] as? String == "" && event["isBase64Encoded"] as? Bool == false)
        #expect((event["headers"] as? [String: String])?["content-length"] == nil)
    }

    @Test(
        arguments: [
            ("a=1&b=2", ["a": "1", "b": "2"]), ("a=1&a=2&a=", ["a": "1,2,"]), ("a", ["a": ""]), ("=1", ["": "1"]),
            ("a=b=c", ["a": "b=c"]), ("a+b=c%20d%2B", ["a b": "c d+"]), ("a=%zz", ["a": "%zz"]), ("&&a=1&", ["a": "1"]),
            ("%C3%A4=%C3", ["ä": "\u{FFFD}"]),
        ] as [(String, [String: String])])
    func queriesAreDecoded(query: String, parameters: [String: String]) throws {
        var event = HTTPEvent()
        event.query = query
        #expect(try read(event)["queryStringParameters"] as? [String: String] == parameters)
        #expect(try read(event)["rawQueryString"] as? String == query)
    }

    @Test(
        arguments: [
            ("text/plain", "abc", nil), ("Text/HTML; charset=utf-8", "ä", nil), ("application/json", "{}", nil),
            ("application/problem+json", "{}", nil), ("image/svg+xml", "<svg/>", nil),
            ("application/x-www-form-urlencoded", "k=v", "az12"), ("application/octet-stream", "abc", "YWJj"),
            (nil, "abc", "YWJj"), ("", "abc", "YWJj"),
        ] as [(String?, String, String?)])
    func bodiesThatAreNoTextAreEncoded(type: String?, body: String, encoded: String?) throws {
        var event = HTTPEvent()
        event.fields = type.map { [("Content-Type", $0)] } ?? []
        event.body = Array(body.utf8)
        #expect(try read(event)["body"] as? String == encoded ?? body)
        #expect(try read(event)["isBase64Encoded"] as? Bool == (encoded != nil))
    }

    @Test func whatOnlyCallsItselfTextIsEncoded() throws {
        var event = HTTPEvent()
        event.fields = [("Content-Type", "text/plain")]
        event.body = [0xFF]
        #expect(try read(event)["body"] as? String == "/w==")
    }
}
