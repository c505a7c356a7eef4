import Foundation
import Testing
import ToolsTestSupport

/// The page, asked for with curl.
@Suite struct PageTests: Serving {
    private struct Answer {
        let head: [String]
        let body: String

        var object: [String: Any] {
            (try? JSONSerialization.jsonObject(with: Data(body.utf8)) as? [String: Any]) ?? [:]
        }
        /// The lines of a log, without their times: process and text.
        var log: [[String?]] {
            let lines = (object["log"] as? [String: Any])?["lines"] as? [[Any]] ?? []
            return lines.map { $0.dropFirst().map { $0 as? String } }
        }
        /// The text of an event or a response.
        func text(_ name: String) -> String? { (object[name] as? [String: Any])?["text"] as? String }
    }

    private func ask(_ url: String, _ options: [String] = []) throws -> Answer {
        let curl = try Command(
            "/usr/bin/curl", ["-sS", "--noproxy", "*", "-D", "@/head", "-o", "@/body", "-H", "Expect:", url] + options)
        #expect(try curl.wait() == 0)
        return Answer(head: curl.file("head").components(separatedBy: "\r\n"), body: curl.file("body"))
    }

    /// Listens to the page's events.
    private func listen(_ url: String, _ options: [String] = []) throws -> Command {
        try Command("/usr/bin/curl", ["-sSN", "--noproxy", "*", url + "/page/events"] + options)
    }

    @Test(arguments: [
        ("/", "text/html; charset=utf-8", "<!doctype html>"), ("/page/style.css", "text/css; charset=utf-8", ":root"),
        ("/page/script.js", "text/javascript; charset=utf-8", "//"), ("/page/icon.svg", "image/svg+xml", "<svg"),
        ("/page/environments/1/timeline.svg", "image/svg+xml", "<svg"),
        ("/page/environments/1", "application/json", "{\"version\":"),
    ])
    func thePageIsServed(path: String, type: String, beginning: String) throws {
        let (command, url) = try serve()
        try command.line(with: "page at \(url)/")
        let answer = try ask(url + path)
        #expect(answer.head.first == "HTTP/1.1 200 OK")
        #expect(answer.head.contains("Content-Type: \(type)"))
        #expect(
            answer.head.contains { $0.hasPrefix("Content-Security-Policy: default-src 'none'; script-src 'self';") })
        #expect(answer.head.contains("Cross-Origin-Resource-Policy: same-origin"))
        #expect(answer.body.hasPrefix(beginning))
        #expect(try command.end() == 0)
    }

    @Test func otherOriginsAndOtherNamesAreRefused() throws {
        let (command, url) = try serve()
        let host = url.dropFirst("http://".count)
        let paths = [
            "/page/events", "/page/environments/1", "/page/environments/1/timeline.svg", "/page/script.js",
            "/page/invocations",
        ]
        for path in paths {
            let post =
                path == "/page/invocations" ? ["-H", "Content-Type: application/json", "--data-binary", "{}"] : []
            for field in ["Host: rebound.example", "Origin: http://other.example", "Sec-Fetch-Site: same-site"] {
                let answer = try ask(url + path, post + ["-H", field])
                #expect(answer.head.first == "HTTP/1.1 403 Forbidden", "\(path) with \(field)")
                #expect(answer.object.keys.sorted() == ["message"])
            }
        }
        #expect(
            try ask(
                url,
                [
                    "-H", "Sec-Fetch-Site: cross-site", "-H", "Sec-Fetch-Mode: navigate", "-H",
                    "Sec-Fetch-Dest: document",
                ]
            )
            .head.first == "HTTP/1.1 200 OK")
        #expect(
            try ask(url, ["-H", "Host: rebound.example:\(host.split(separator: ":")[1])"]).head.first
                == "HTTP/1.1 403 Forbidden")
        #expect(try command.end() == 0)
    }

    @Test func nothingIsServedWhereOthersMayAsk() throws {
        let command = try Command.run(["--serve", "0.0.0.0:0"])
        let line = try command.line(with: "Invoke API at ")
        try command.line(with: "no page, since other machines may ask at 0.0.0.0:")
        let port = try #require(line.split(separator: ":").last)
        for path in ["", "page/events"] {
            #expect(try ask("http://127.0.0.1:\(port)/\(path)").head.first == "HTTP/1.1 404 Not Found")
        }
        #expect(try command.end() == 0)
    }

    @Test func whatHappensIsTold() throws {
        let (command, url) = try serve(["--name", "mine"])
        let events = try listen(url)
        try events.line(with: #""function":"mine","isNew":true"#)
        let payload = #"{"steps":[["print","<b>told</b>"],["respond",{"n":12345678901234567890}]]}"#
        #expect(try invoke(url, payload, name: "mine").body == #"{"n": 12345678901234567890}"#)
        let line = try events.line(with: #""state":"ended","status":"success""#)
        let id = try #require(command.records("invocation").first?["requestId"] as? String)
        #expect(line.contains(#""id":"\#(id)""#) && line.contains(#""environment":1"#))

        let detail = try ask("\(url)/page/invocations/\(id)")
        #expect(detail.text("event") == payload && detail.text("response") == #"{"n": 12345678901234567890}"#)
        #expect(detail.log.first == [nil, "START RequestId: \(id) Version: $LATEST"])
        #expect(detail.log.contains(["function", "<b>told</b>"]))
        #expect(detail.log.last?.last??.hasPrefix("REPORT RequestId: \(id)") == true)
        let environment = try ask("\(url)/page/environments/1")
        #expect(environment.log.contains(["function", "function: ready"]))
        #expect(!environment.log.contains(["function", "<b>told</b>"]))
        #expect(try ask("\(url)/page/environments/1/timeline.svg").body.contains("mine, environment 1: 1 invocation"))
        for path in ["invocations/other", "environments/2", "environments/x", "environments/2/timeline.svg"] {
            #expect(try ask("\(url)/page/\(path)").head.first == "HTTP/1.1 404 Not Found", "\(path)")
        }
        #expect(try command.end() == 0)
        // The end of the sandbox is the end of its answer.
        #expect(try events.wait() == 0)
    }

    @Test func whoeverComesBackIsToldWhatIsNew() throws {
        let (command, url) = try serve()
        _ = try invoke(url, #"[["respond","first"]]"#)
        let first = try listen(url)
        try first.line(with: #""state":"ended","status":"success""#)
        let last = try #require(first.output.last { $0.hasPrefix("id: ") }).dropFirst("id: ".count)
        first.send(SIGTERM)
        _ = try invoke(url, #"[["error","Broke"]]"#)

        let again = try listen(url, ["-H", "Last-Event-ID: \(last)"])
        let news = try again.line(with: #""status":"error","errorType":"Broke""#)
        #expect(again.output.filter { $0.hasPrefix("data: ") }.allSatisfy { $0.contains(#""isNew":false"#) })
        #expect(!news.contains(#""status":"success""#))
        // An id of another run is worth nothing, nor is one of the future.
        let number = last.split(separator: "-")[0]
        for stranger in ["1-1", "\(number)-999999", "\(number)-0", "\(number)", "x"] {
            let stream = try listen(url, ["-H", "Last-Event-ID: \(stranger)"])
            #expect(try stream.line(with: "data: ").contains(#""isNew":true"#), "\(stranger)")
        }
        #expect(try command.end() == 1)
    }

    @Test func anEventIsSentFromThePage() throws {
        let (command, url) = try serve()
        let events = try listen(url)
        _ = try invoke(url, #"[["respond-head"]]"#, ["-H", "X-Amz-Tenant-Id: blue"])
        try events.line(with: #""state":"ended","status":"success""#)
        let first = try #require(command.records("invocation").first?["requestId"] as? String)
        let answer = try ask(
            "\(url)/page/invocations?like=\(first)",
            ["-H", "Content-Type: application/json", "--data-binary", #"{"steps":[["respond-head"]]}"#])
        #expect(answer.head.first == "HTTP/1.1 202 Accepted")
        let id = try #require(answer.object["id"] as? String)
        try events.line(with: #""id":"\#(id)","#)
        try command.line(with: "REPORT RequestId: \(id)")
        // It has what its forerunner had beside the event.
        let response = try ask("\(url)/page/invocations/\(id)").text("response")
        #expect(response?.contains(#""Lambda-Runtime-Aws-Tenant-Id": "blue""#) == true)

        for (type, event, status) in [
            ("application/json", "{oops", "400 Bad Request"), ("application/json", "", "400 Bad Request"),
            ("text/plain", "{}", "415 Unsupported Media Type"),
            ("application/x-www-form-urlencoded", "{}", "415 Unsupported Media Type"),
        ] {
            let refused = try ask(
                "\(url)/page/invocations", ["-H", "Content-Type: \(type)", "--data-binary", event])
            #expect(refused.head.first == "HTTP/1.1 \(status)", "\(type) \(event)")
        }
        #expect(try command.end() == 0)
        #expect(command.records("invocation").count == 2)
    }

    @Test func aCallerThatIsRefusedIsShown() throws {
        let (command, url) = try serve(["--environments", "1"])
        let events = try listen(url)
        let caller = try curl(url, #"[["print","begun"],["wait","go"],["respond",1]]"#)
        try command.line(with: "begun")
        #expect(try invoke(url, #"[["respond",2]]"#).head.first == "HTTP/1.1 429 Too Many Requests")
        try events.line(with: #""status":"refused","errorType":"TooManyRequestsException""#)
        try command.folder.write("", to: "go")
        #expect(try caller.wait() == 0)
        #expect(try command.end() == 0)
    }
}
