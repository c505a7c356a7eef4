import Reactor
import Sandbox
import Testing

/// Responses of functions as answers in HTTP.
@Suite struct HTTPAnswerTests {
    private func fields(_ answer: HTTPAnswer) -> [String] { answer.fields.map { "\($0.name): \($0.value)" } }

    @Test(
        arguments: [
            (#"{"statusCode":201,"body":"ok"}"#, 201, ["content-type: application/json"], "ok"),
            (#"{"statusCode":"404"}"#, 404, ["content-type: application/json"], ""),
            (
                #"{"statusCode":200,"headers":{"X-B":"2","Content-Type":"text/html","x-a":1,"x-c":true,"x-d":null},"body":"é"}"#,
                200, ["Content-Type: text/html", "X-B: 2", "x-a: 1", "x-c: true"], "é"
            ),
            (
                #"{"statusCode":200,"cookies":["a=b; Secure","c=d"],"multiValueHeaders":{"X-A":["1","2"]},"headers":{"x-a":"0"}}"#,
                200,
                ["content-type: application/json", "X-A: 1", "X-A: 2", "set-cookie: a=b; Secure", "set-cookie: c=d"], ""
            ),
            (
                #"{"statusCode":200,"body":"aGk=","isBase64Encoded":true}"#, 200, ["content-type: application/json"],
                "hi"
            ),
            // Those of the connection are the server's.
            (
                #"{"statusCode":200,"headers":{"Content-Length":"9","connection":"close","Transfer-Encoding":"chunked"}}"#,
                200,
                ["content-type: application/json"], ""
            ),
            (
                #"{"statusCode":200,"headers":null,"cookies":null,"body":null}"#, 200,
                ["content-type: application/json"], ""
            ),
            // A character that was cut, and one that was not.
            (#"{"statusCode":200,"body":"\ud83c\ud83d\ude00"}"#, 200, ["content-type: application/json"], "\u{FFFD}😀"),
        ] as [(String, Int, [String], String)])
    func format2(response: String, status: Int, fields: [String], body: String) throws {
        let answer = try HTTPAnswer(Array(response.utf8))
        #expect(answer.status == status)
        #expect(self.fields(answer) == fields)
        #expect(answer.body == Array(body.utf8))
    }

    @Test(arguments: [
        #""Hello, world!""#, "{}", #"{"message":"hi"}"#, "[1]", "null", "", "no JSON", #"{"statusCode":null,"body":1}"#,
        #"{"statusCode":200,}"#, "\u{FEFF}{}",
    ])
    func anythingElseIsInferred(response: String) throws {
        let answer = try HTTPAnswer(Array(response.utf8))
        #expect(answer.status == 200 && fields(answer) == ["content-type: application/json"])
        #expect(answer.body == Array(response.utf8))
    }

    @Test(arguments: [
        (#"{"statusCode":99}"#, #"its statusCode "99" is not between 200 and 599"#),
        (#"{"statusCode":600}"#, #"its statusCode "600" is not between 200 and 599"#),
        (#"{"statusCode":"ok\n"}"#, #"its statusCode "ok\n" is not between 200 and 599"#),
        (#"{"statusCode":[]}"#, "its statusCode is not a number"),
        (#"{"statusCode":200,"body":{"a":1}}"#, "its body is not a text"),
        (#"{"statusCode":200,"body":"%","isBase64Encoded":true}"#, "its body is no Base64"),
        (#"{"statusCode":200,"isBase64Encoded":"yes"}"#, "its isBase64Encoded is not true or false"),
        (#"{"statusCode":200,"headers":[]}"#, "its headers is not an object of texts"),
        (#"{"statusCode":200,"headers":{"a":["b"]}}"#, "its headers is not an object of texts"),
        (
            #"{"statusCode":200,"multiValueHeaders":{"a":"b"}}"#,
            "its multiValueHeaders is not an object of arrays of texts"
        ),
        (#"{"statusCode":200,"cookies":[1]}"#, "its cookies is not an array of texts"),
        (#"{"statusCode":200,"headers":{"a b":"c"}}"#, #"no header can be named "a b""#),
        (#"{"statusCode":200,"headers":{"":"c"}}"#, #"no header can be named """#),
        (#"{"statusCode":200,"headers":{"a":"b\r\nc: d"}}"#, "its header a has a value that no header can have"),
        (#"{"statusCode":200,"cookies":["a\n"]}"#, "its header set-cookie has a value that no header can have"),
    ])
    func whatIsWrongIsNamed(response: String, fault: String) {
        #expect { try HTTPAnswer(Array(response.utf8)) } throws: { "\($0)" == fault }
    }

    @Test(arguments: [
        ("{}", 200, ["content-type: application/octet-stream"]),
        (#"{"statusCode":418,"headers":{"content-type":"text/plain"}}"#, 418, ["content-type: text/plain"]),
    ])
    func preludes(json: String, status: Int, fields: [String]) throws {
        let answer = try HTTPAnswer(prelude: Array(json.utf8))
        #expect(answer.status == status && self.fields(answer) == fields && answer.body.isEmpty)
    }

    @Test(arguments: [
        ("", "its prelude is no JSON: line 1, column 1: expected a value"), ("[]", "its prelude is no JSON object"),
        (#"{"statusCode":1}"#, #"its statusCode "1" is not between 200 and 599"#),
    ])
    func badPreludes(json: String, fault: String) {
        #expect { try HTTPAnswer(prelude: Array(json.utf8)) } throws: { "\($0)" == fault }
    }

    /// The JSON and what is behind the prelude, read in two pieces, or in three.
    private func read(_ bytes: [UInt8], cutAt cuts: [Int]) throws -> (json: [UInt8], body: [UInt8])? {
        var reader = PreludeReader()
        var start = 0
        for end in cuts + [bytes.count] {
            let found = try Array(bytes[start..<end]).withByteView { try reader.take($0) }
            if let found { return (found.json, Array(bytes[(start + found.count)...])) }
            start = end
        }
        return nil
    }

    /// A `0` stands for NUL, which ends the line of a test's report.
    @Test(arguments: ["{}00000000bo0dy", "000000000"])
    func aPreludeIsTheSameHoweverItComes(text: String) throws {
        let bytes = text.utf8.map { $0 == UInt8(ascii: "0") ? 0 : $0 }
        let whole = try #require(try read(bytes, cutAt: []))
        #expect(whole.body == bytes.suffix(text.hasPrefix("{") ? 5 : 1))
        for first in 0...bytes.count {
            for second in first...bytes.count {
                let found = try #require(try read(bytes, cutAt: [first, second]))
                #expect(found == whole, "cut at \(first) and \(second)")
            }
        }
        for count in 0..<(text.hasPrefix("{") ? 10 : 8) { #expect(try read(Array(bytes[..<count]), cutAt: []) == nil) }
    }

    @Test func aPreludeHasAnEnd() {
        let tooLong = [UInt8](repeating: UInt8(ascii: " "), count: PreludeReader.limit + 1)
        for (bytes, fault) in [
            (tooLong, "no eight NUL bytes end its prelude within 16384 bytes"),
            (Array("{}\0\0\0\0\0\0\0x".utf8), "its prelude does not end with eight NUL bytes"),
        ] {
            #expect { try read(bytes, cutAt: [bytes.count / 2]) } throws: { "\($0)" == fault }
        }
    }
}
