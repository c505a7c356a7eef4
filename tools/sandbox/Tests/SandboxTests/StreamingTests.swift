import Foundation
import Testing
import ToolsTestSupport

/// Response streams of the Invoke API, called with curl.
@Suite struct StreamingTests: Serving {
    /// Begins to invoke with curl, past any proxy; what is printed has a line for each that a chunk ends.
    private func curl(_ url: String, _ steps: String, _ options: [String] = []) throws -> Command {
        try Command(
            "/usr/bin/curl",
            [
                "-sSN", "--noproxy", "*", "\(url)/2021-11-15/functions/f/response-streaming-invocations",
                "--data-binary",
                "{\"steps\":\(steps)}",
            ] + options)
    }

    /// Invokes and reads the whole answer.
    private func invoke(
        _ url: String, _ steps: String, _ options: [String] = []
    ) throws -> (head: String, events: [Event], payload: String, complete: [String: String]) {
        let curl = try curl(url, steps, ["-D", "@/head", "-o", "@/body"] + options)
        #expect(try curl.wait() == 0)
        let events = try Event.all(in: Data(contentsOf: URL(filePath: curl.folder.path(of: "body"))))
        let chunks = events.filter { $0.type == "PayloadChunk" }.map { String(decoding: $0.payload, as: UTF8.self) }
        let last = try #require(events.last)
        #expect(last.type == "InvokeComplete" && chunks.count == events.count - 1)
        return (
            curl.file("head"), events, chunks.joined(),
            try JSONDecoder().decode([String: String].self, from: last.payload)
        )
    }

    @Test func eachChunkComesWhenItWasWritten() throws {
        let (command, url) = try serve()
        let caller = try curl(
            url, #"[["stream",["one\n",["wait","go1"],"two\n",["wait","go2"],"three\n",["wait","go3"],"four\n"]]]"#)
        for (number, word) in ["one", "two", "three"].enumerated() {
            try caller.line(with: word)
            try command.folder.write("", to: "go\(number + 1)")
        }
        #expect(try caller.wait() == 0)
        #expect(caller.output.contains { $0.contains("four") })
        #expect(try command.end() == 0)
        #expect(command.records("invocation").first?["response"] as? String == "one\ntwo\nthree\nfour\n")
    }

    @Test(arguments: [
        (#"[["stream",["ab","cd"]]]"#, "abcd", [:]),
        (#"[["stream",[]]]"#, "", [:]),
        // The whole of a response that is no stream is one chunk.
        (#"[["respond",{"a":1}]]"#, #"{"a": 1}"#, [:]),
        (
            #"[["stream",["ab"],"Function.Broke"]]"#, "ab",
            ["ErrorCode": "Function.Broke", "ErrorDetails": #"{"broke": "Function.Broke"}"#]
        ),
        (
            #"[["error","Broke"]]"#, "",
            ["ErrorCode": "Unhandled", "ErrorDetails": #"{"errorType": "Broke", "errorMessage": "as asked"}"#]
        ),
        (#"[["stream",["ab",["exit",3]]]]"#, "ab", ["ErrorCode": "Unhandled", "ErrorDetails": "Runtime.ExitError"]),
        (
            #"[["stream",["ab",["break-off"]]]]"#, "ab",
            ["ErrorCode": "Unhandled", "ErrorDetails": "Runtime.TruncatedResponse"]
        ),
        (#"[["exit",3]]"#, "", ["ErrorCode": "Unhandled", "ErrorDetails": "Runtime.ExitError"]),
    ])
    func streamsHaveAnEnd(steps: String, payload: String, end: [String: String]) throws {
        let (command, url) = try serve()
        let answer = try invoke(url, steps)
        #expect(answer.head.hasPrefix("HTTP/1.1 200 OK\r\n"))
        #expect(answer.head.contains("\r\nContent-Type: application/vnd.amazon.eventstream\r\n"))
        #expect(answer.head.contains("\r\nX-Amz-Executed-Version: $LATEST\r\n"))
        #expect(answer.payload == payload)
        #expect(answer.complete.count == end.count)
        for (name, value) in end {
            // What the service says of a failure names the request, too.
            #expect(
                answer.complete[name].map { $0 == value || $0.contains("\"\(value)\"") } == true, "\(answer.complete)")
        }
        #expect(try invoke(url, #"[["respond","next"]]"#).payload == #""next""#)
        #expect(try command.end() == (end.isEmpty ? 0 : 1))
    }

    @Test func aTimeoutEndsTheStream() throws {
        let (command, url) = try serve(["--timeout", "1"])
        let answer = try invoke(url, #"[["stream",["ab",["sleep",60]]]]"#)
        // Under load the time may be over before anything was said.
        #expect(["ab", ""].contains(answer.payload))
        #expect(answer.complete["ErrorCode"] == "Unhandled")
        #expect(answer.complete["ErrorDetails"]?.contains("Task timed out after 1.00 seconds") == true)
        #expect(try command.end() == 1)
    }

    @Test func theLogsTailIsInTheEnd() throws {
        let (command, url) = try serve()
        let answer = try invoke(url, #"[["stream",["ab",["print","told"],"c"]]]"#, ["-H", "X-Amz-Log-Type: Tail"])
        #expect(answer.payload == "abc")
        let log = answer.complete["LogResult"].flatMap { Data(base64Encoded: $0) }.map {
            String(decoding: $0, as: UTF8.self)
        }
        #expect(log?.contains("\ntold\n") == true)
        #expect(log?.split(separator: "\n").last?.hasPrefix("REPORT RequestId: ") == true)
        #expect(try command.end() == 0)
    }

    @Test func aCallerThatHangsUpHarmsNobody() throws {
        let (command, url) = try serve()
        do {
            // It is killed as it goes.
            let caller = try curl(url, #"[["stream",["one\n",["wait","go"],3000000,["print","all of it"]]]]"#)
            try caller.line(with: "one")
        }
        try command.folder.write("", to: "go")
        try command.line(with: "response 202")
        #expect(command.output.contains("all of it"))
        #expect(try invoke(url, #"[["stream",["next"]]]"#).payload == "next")
        #expect(try command.end() == 0)
        #expect(command.records("invocation").map { $0["responseBytes"] as? Int } == [3_000_004, 4])
    }

    @Test func aCallerThatIsSlowHasAllOfIt() throws {
        let (command, url) = try serve()
        let caller = try curl(url, #"[["stream",["one\n",5000000,"\nend\n"]]]"#, ["--limit-rate", "4M"])
        #expect(try caller.wait() == 0)
        #expect(caller.output.joined().utf8.count { $0 == UInt8(ascii: "x") } >= 5_000_000)
        #expect(try command.end() == 0)
    }

    @Test func whatIsLongIsPaced() throws {
        let (command, url) = try serve()
        let answer = try invoke(url, #"[["stream",[6300000,1000000,"end"]]]"#)
        #expect(answer.payload.utf8.count == 7_300_003 && answer.payload.hasSuffix("xend"))
        #expect(try command.end() == 0)
        // A mebibyte beyond the burst takes half a second, less the slack and the last piece, behind which nothing waits.
        #expect(try #require(command.records("invocation").first?["durationUs"] as? Int) >= 200_000)
    }

    @Test(arguments: [
        (["-H", "X-Amz-Invocation-Type: DryRun"], "204", ""),
        (["-H", "X-Amz-Invocation-Type: Event"], "400", "InvalidParameterValueException"),
        (["--data-binary", "{oops"], "400", "InvalidRequestContentException"),
        (["-X", "GET"], "405", ""),
    ])
    func wrongRequestsAreRefused(options: [String], status: String, type: String) throws {
        let (command, url) = try serve()
        let curl = try curl(url, "[]", ["-i"] + options)
        #expect(try curl.wait() == 0)
        let head = curl.output.map { $0.replacingOccurrences(of: "\r", with: "") }
        #expect(head.first?.contains(" \(status) ") == true)
        if !type.isEmpty { #expect(head.contains("x-amzn-ErrorType: \(type)")) }
        #expect(try command.end() == 0)
    }

    @Test func anEnvironmentThatIsFullRefusesTheRequest() throws {
        let (command, url) = try serve(["--managed-instances"], function: "workers")
        let first = try curl(url, #"[["say","met"],["wait","go"],["respond",1]]"#)
        try command.line(with: "met")
        let second = try curl(url, #"[["respond",1]]"#, ["-i"])
        #expect(try second.wait() == 0)
        #expect(second.output.first?.hasPrefix("HTTP/1.1 400 ") == true)
        #expect(second.output.contains { $0.contains("x-amzn-ErrorType: Runtime.Unavailable") })
        try command.folder.write("", to: "go")
        #expect(try first.wait() == 0)
        #expect(try command.end() == 1)
    }
}

/// A message of `application/vnd.amazon.eventstream`, read by the specification.
private struct Event {
    var type = ""
    var payload = Data()

    struct Broken: Error {}

    static func all(in data: Data) throws -> [Event] {
        var rest = [UInt8](data)[...]
        var events: [Event] = []
        while !rest.isEmpty {
            let count = try number(rest, 0)
            guard count <= rest.count, count >= 16, try number(rest, 8) == checksum(rest.prefix(8)),
                try number(rest, count - 4) == checksum(rest.prefix(count - 4))
            else { throw Broken() }
            let start = 12 + (try number(rest, 4))
            var event = Event(payload: Data(rest.prefix(count - 4).dropFirst(start)))
            var headers = rest.prefix(start).dropFirst(12)
            while let length = headers.popFirst() {
                let name = String(decoding: headers.prefix(Int(length)), as: UTF8.self)
                headers.removeFirst(Int(length) + 2)
                let size = Int(headers.removeFirst())
                if name == ":event-type" { event.type = String(decoding: headers.prefix(size), as: UTF8.self) }
                headers.removeFirst(size)
            }
            events.append(event)
            rest.removeFirst(count)
        }
        return events
    }

    private static func number(_ bytes: ArraySlice<UInt8>, _ place: Int) throws -> Int {
        guard place + 4 <= bytes.count else { throw Broken() }
        return bytes.dropFirst(place).prefix(4).reduce(0) { $0 << 8 | Int($1) }
    }

    /// CRC-32, bit by bit.
    private static func checksum(_ bytes: ArraySlice<UInt8>) -> Int {
        var sum: UInt32 = ~0
        for byte in bytes {
            sum ^= UInt32(byte)
            for _ in 0..<8 { sum = sum & 1 == 1 ? sum >> 1 ^ 0xEDB8_8320 : sum >> 1 }
        }
        return Int(~sum)
    }
}
