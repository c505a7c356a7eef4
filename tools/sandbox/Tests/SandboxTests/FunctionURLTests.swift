import Foundation
import Testing
import ToolsTestSupport

/// The function's URL, called with curl.
@Suite struct FunctionURLTests {
    private func serve(_ options: [String] = []) throws -> (command: Command, url: String) {
        let command = try Command.run(
            ["--http", "127.0.0.1:0", "--json", "@/out.json", "--env", "TEST_FOLDER=@"] + options)
        return (command, try command.address(after: "function URL"))
    }

    /// Begins a request with curl, past any proxy.
    private func curl(_ url: String, _ steps: String = "", _ options: [String] = []) throws -> Command {
        let query = steps.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
        return try Command(
            "/usr/bin/curl",
            ["-sSN", "--noproxy", "*", "-H", "Expect:", url + (steps.isEmpty ? "" : "?steps=\(query)")] + options)
    }

    private func ask(
        _ url: String, _ steps: String = "", _ options: [String] = [], code: Int32 = 0
    ) throws -> (head: [String], body: String) {
        let curl = try curl(url, steps, ["-D", "@/head", "-o", "@/body"] + options)
        #expect(try curl.wait() == code)
        return (curl.file("head").components(separatedBy: "\r\n"), curl.file("body"))
    }

    @Test func requestsBecomeEvents() throws {
        let (command, url) = try serve()
        let (head, body) = try ask(
            url + "a%2Fb?x=1&x=2", "",
            ["-H", "Cookie: a=b", "-H", "X-Amzn-Trace-Id: Root=1-2-3", "--data-binary", "k=v"])
        #expect(head.first == "HTTP/1.1 200 OK" && head.contains("content-type: application/json"))
        let event = try #require(JSONSerialization.jsonObject(with: Data(body.utf8)) as? [String: Any])
        #expect(event["rawPath"] as? String == "/a%2Fb" && event["rawQueryString"] as? String == "x=1&x=2")
        #expect(event["cookies"] as? [String] == ["a=b"])
        #expect(event["body"] as? String == "az12" && event["isBase64Encoded"] as? Bool == true)
        let context = try #require(event["requestContext"] as? [String: Any])
        #expect((context["http"] as? [String: String])?["method"] == "POST")
        #expect((context["http"] as? [String: String])?["sourceIp"] == "127.0.0.1")
        #expect((event["headers"] as? [String: String])?["x-amzn-trace-id"] == "Root=1-2-3")
        #expect(try command.end() == 0)
        let id = try #require(context["requestId"] as? String)
        #expect(command.records("invocation").first?["requestId"] as? String == id)
        #expect(head.contains("x-amzn-RequestId: \(id)"))
        #expect(command.output.contains("lambda-sandbox: \(id): POST /a%2Fb is answered with 200"))
    }

    @Test(arguments: [
        (
            #"[["respond",{"statusCode":201,"headers":{"x-a":"1"},"cookies":["a=b","c=d; Secure"],"body":"made"}]]"#,
            [],
            ["HTTP/1.1 201 Created", "x-a: 1", "set-cookie: a=b", "set-cookie: c=d; Secure", "Content-Length: 4"],
            "made"
        ),
        (#"[["respond",{"statusCode":200,"body":"aGk=","isBase64Encoded":true}]]"#, [], ["Content-Length: 2"], "hi"),
        (#"[["respond","Hello"]]"#, [], ["HTTP/1.1 200 OK", "content-type: application/json"], #""Hello""#),
        (#"[["respond",{"statusCode":204}]]"#, [], ["HTTP/1.1 204 No Content"], ""),
        (#"[["respond",{"statusCode":200,"body":"hi"}]]"#, ["-I"], ["HTTP/1.1 200 OK", "Content-Length: 2"], ""),
        (
            #"[["stream",["ab","cd"],null,""]]"#, [], ["HTTP/1.1 200 OK", "Content-Type: application/octet-stream"],
            "abcd"
        ),
    ])
    func responsesBecomeAnswers(steps: String, options: [String], head: [String], body: String) throws {
        let (command, url) = try serve()
        let answer = try ask(url, steps, options)
        for line in head { #expect(answer.head.contains(line), "\(answer.head)") }
        if !options.contains("-I") { #expect(answer.body == body) }
        #expect(try command.end() == 0)
    }

    /// Steps that stream an answer with a prelude.
    private func stream(_ prelude: String, _ parts: String, _ rest: String = "null") -> String {
        let json = String(decoding: try! JSONEncoder().encode(prelude), as: UTF8.self)
        return "[[\"stream\",[\(json)\(parts)],\(rest),\"application/vnd.awslambda.http-integration-response\"]]"
    }

    private let delimiter = String(repeating: "\0", count: 8)

    @Test func eachChunkComesWhenItWasWritten() throws {
        let (command, url) = try serve()
        let head =
            #"{"statusCode":202,"headers":{"content-type":"text/plain"},"multiValueHeaders":{"x-a":["1","2"]},"cookies":["a=b"]}"#
        let caller = try curl(
            url, stream(head + delimiter + "one\n", #",["wait","go1"],"two\n",["wait","go2"],"three\n""#), ["-i"])
        for (number, word) in ["one", "two"].enumerated() {
            try caller.line(with: word)
            try command.folder.write("", to: "go\(number + 1)")
        }
        #expect(try caller.wait() == 0)
        let lines = caller.output.map { $0.replacingOccurrences(of: "\r", with: "") }
        #expect(
            lines.filter { !$0.hasPrefix("x-amzn-RequestId: ") } == [
                "HTTP/1.1 202 Accepted", "content-type: text/plain", "x-a: 1", "x-a: 2", "set-cookie: a=b",
                "Transfer-Encoding: chunked", "", "one", "two", "three",
            ])
        #expect(try command.end() == 0)
    }

    /// A `0` stands for NUL, which ends the line of a test's report.
    @Test(arguments: [
        (#"{"headers":{}}"#, "it ends within its prelude"), ("{}0x", "its prelude does not end with eight NUL bytes"),
        ("[]00000000", "its prelude is no JSON object"),
    ])
    func aPreludeThatIsNoneIsNamed(prelude: String, fault: String) throws {
        let (command, url) = try serve()
        let (head, body) = try ask(url, stream(prelude.replacingOccurrences(of: "0", with: "\0"), #","more""#))
        #expect(head.first == "HTTP/1.1 502 Bad Gateway" && body == "Internal Server Error")
        #expect(head.contains { $0.hasPrefix("x-amzn-RequestId: ") })
        try command.line(with: ": GET / is answered with 502")
        try command.line(with: ": the response to GET / is no answer in HTTP: \(fault)")
        try command.line(with: "REPORT RequestId")
        #expect(try command.end() == 0)
    }

    @Test(arguments: [
        #"[["error","Broke"]]"#, #"[["exit",1]]"#, #"[["respond",{"statusCode":7}]]"#,
        #"[["respond",{"statusCode":200,"body":7}]]"#,
    ])
    func anErrorIsABadGateway(steps: String) throws {
        let (command, url) = try serve()
        let (head, body) = try ask(url, steps)
        #expect(head.first == "HTTP/1.1 502 Bad Gateway" && body == "Internal Server Error")
        #expect(try ask(url, #"[["respond",1]]"#).body == "1")
        // To the sandbox an answer that is none in HTTP is a good response.
        #expect(try command.end() == (steps.contains("respond") ? 0 : 1))
    }

    @Test func whatBreaksOffIsSeenToBreakOff() throws {
        let (command, url) = try serve()
        for (parts, rest) in [(#",["exit",3]"#, "null"), (#",["break-off"]"#, "null"), ("", #""Function.Broke""#)] {
            // 18: a partial file.
            #expect(try ask(url, stream("{}" + delimiter + "ab", parts, rest), code: 18).body == "ab")
        }
        #expect(try ask(url, #"[["respond",1]]"#).body == "1")
        #expect(try command.end() == 1)
    }

    @Test func aBrowserThatVanishesHarmsNobody() throws {
        let (command, url) = try serve()
        do {
            // It is killed as it goes.
            let caller = try curl(url, stream("{}" + delimiter + "one\n", #",["wait","go"],3000000"#))
            try caller.line(with: "one")
        }
        try command.folder.write("", to: "go")
        try command.line(with: "response 202")
        #expect(try ask(url, #"[["respond",1]]"#).body == "1")
        #expect(try command.end() == 0)
    }

    @Test func badRequestsCostOnlyThemselves() throws {
        let (command, url) = try serve()
        let port = try #require(URL(string: url)?.port)
        for bytes in [#"GET / HT"#, #"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nhalf"#] {
            let half = try Command("/bin/bash", ["-c", "exec 3<>/dev/tcp/127.0.0.1/\(port) && printf '\(bytes)' >&3"])
            #expect(try half.wait() == 0)
        }
        let long = String(repeating: "x", count: 100_000)
        #expect(try ask(url, "", ["-H", "X-Long: \(long)"]).head.first?.hasPrefix("HTTP/1.1 431 ") == true)
        for count in [5_000_000, 7_000_000] {
            // The first fits, but not as Base64.
            let file = try command.folder.write(String(repeating: "x", count: count), to: "large")
            let answer = try ask(url, "", ["-X", "POST", "-T", file])
            #expect(answer.head.first?.hasPrefix("HTTP/1.1 413 ") == true)
            let end = "bytes; 6291456 are allowed\"}"
            #expect(
                answer.body.hasPrefix("{\"Message\":\"The event of this request would have ")
                    && answer.body.hasSuffix(end), "\(answer.body)")
            try command.line(with: ": POST /large is answered with 413")
        }
        #expect(try ask(url, #"[["respond",1]]"#).body == "1")
        #expect(try command.end() == 0)
        #expect(command.records("invocation").count == 1)
    }

    @Test func oneCallerTooManyIsTold() throws {
        let (command, url) = try serve(["--environments", "1"])
        let first = try curl(url, #"[["print","begun"],["wait","go"],["respond",1]]"#)
        try command.line(with: "begun")
        let (head, body) = try ask(url, #"[["respond",2]]"#)
        #expect(head.first == "HTTP/1.1 429 Too Many Requests" && body == "Rate Exceeded.")
        try command.line(with: ": refused with 429: all are at work that --environments 1 allows")
        try command.folder.write("", to: "go")
        #expect(try first.wait() == 0)
        #expect(first.output == ["1"])
        #expect(try command.end() == 0)
    }

    @Test func bothDoorsLeadToTheSameFunction() throws {
        let (command, url) = try serve(["--serve", "127.0.0.1:0"])
        let invoke = try command.address(after: "Invoke API") + "/2015-03-31/functions/f/invocations"
        #expect(try ask(url, #"[["respond",1]]"#).body == "1")
        #expect(try ask(invoke, "", ["--data-binary", #"{"steps":[["respond",2]]}"#]).body == "2")
        #expect(try command.end() == 0)
        #expect(command.records("invocation").count == 2)
    }

    @Test func aTakenAddressIsNamed() throws {
        let (command, url) = try serve()
        let address = url.replacingOccurrences(of: "http://", with: "").replacingOccurrences(of: "/", with: "")
        let second = try Command.run(["--http", address])
        #expect(try second.wait() == 69)
        #expect(second.output.contains { $0.contains("cannot listen on \(address): Address already in use") })
        #expect(try command.end() == 0)
    }
}
