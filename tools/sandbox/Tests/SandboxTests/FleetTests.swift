import Foundation
import Sandbox
import Testing
import ToolsTestSupport

/// Several environments, and the invocations that nobody waits for.
@Suite struct FleetTests: Serving {
    private static let asEvent = ["-H", "X-Amz-Invocation-Type: Event"]

    private func id(in head: [String]) throws -> String {
        let field = "x-amzn-RequestId: "
        return String(try #require(head.first { $0.hasPrefix(field) }).dropFirst(field.count))
    }

    /// The variables in an answer of `respond-env`.
    private func variables(in body: String) throws -> [String: String] {
        try #require(try JSONSerialization.jsonObject(with: Data(body.utf8)) as? [String: String])
    }

    /// The log stream that an answer of `respond-env` names.
    private func logStream(in body: String) throws -> String {
        try #require(try variables(in: body)["AWS_LAMBDA_LOG_STREAM_NAME"])
    }

    /// Invokes with `respond-env`; returns the log stream once the environment is free again.
    private func logStream(_ command: Command, _ url: String, tenant: String? = nil) throws -> String {
        let (head, body) = try invoke(
            url, #"[["respond-env"]]"#, tenant.map { ["-H", "X-Amz-Tenant-Id: \($0)"] } ?? [])
        try command.line(with: "END RequestId: \(id(in: head))")
        return try logStream(in: body)
    }

    @Test func callersHaveEnvironmentsOfTheirOwnUpToTheLimit() throws {
        let (command, url) = try serve([
            "--environments", "2", "--timeline", "@/out.svg", "--env", "PLACE=here-{environment}",
        ])
        let steps = #"[["print","begun"],["wait","go"],["respond-env"]]"#
        let first = try curl(url, steps)
        #expect(try command.line(with: "begun") == "begun")
        let second = try curl(url, steps)
        try command.line(with: "[2] begun")
        let (head, body) = try invoke(url, "{}")
        #expect(head.first == "HTTP/1.1 429 Too Many Requests")
        #expect(head.contains("x-amzn-ErrorType: TooManyRequestsException"))
        let refusal =
            #"{"Reason":"ReservedFunctionConcurrentInvocationLimitExceeded","Type":"User","message":"Rate Exceeded."}"#
        #expect(body == refusal)
        try command.folder.write("", to: "go")
        var streams: [String] = []
        for (number, caller) in [first, second].enumerated() {
            #expect(try caller.wait() == 0)
            let body = caller.output.joined()
            streams.append(try logStream(in: body))
            let variables = try variables(in: body)
            #expect(variables["PLACE"] == "here-\(number + 1)")
            // The processes of all of them share one loopback.
            #expect(variables["POSTINVOKE_ADDRESS"] == [nil, "127.1.0.1:1339"][number])
        }
        #expect(streams[0] != streams[1])
        for stream in streams {
            #expect(stream.wholeMatch(of: /\d{4}\/\d\d\/\d\d\/\[\$LATEST\][0-9a-f]{32}/) != nil, "\(stream)")
        }
        // A caller who was refused did not invoke anything.
        #expect(try command.end() == 0)
        let starts = command.records("init")
        #expect(starts.map { $0["environment"] as? Int } == [1, 2])
        #expect(starts.map { $0["logStream"] as? String } == streams)
        #expect(starts.map { $0["place"] as? Int } == [1, 2])
        #expect(Set(command.records("invocation").map { $0["environment"] as? Int }) == [1, 2])
        #expect(command.records("throttle").map { $0["requestId"] as? String } == [try id(in: head)])
        #expect(command.output.contains { $0.hasPrefix("[1] REPORT ") })
        let svg = command.file("out.svg")
        #expect(svg.contains("function, environment 1 of 2: 1 invocation, 1 caller refused<"))
        #expect(svg.contains("function, environment 2 of 2: 1 invocation<"))
    }

    @Test func aTailIsThatOfItsOwnEnvironment() throws {
        let (command, url) = try serve()
        let first = try curl(
            url, #"[["print","begun"],["wait","go"],["respond",1]]"#, ["-i", "-H", "X-Amz-Log-Type: Tail"])
        try command.line(with: "begun")
        #expect(try invoke(url, #"[["print","elsewhere"],["respond",2]]"#).body == "2")
        try command.folder.write("", to: "go")
        #expect(try first.wait() == 0)
        let field = "X-Amz-Log-Result: "
        let encoded = try #require(
            first.output.first { $0.hasPrefix(field) }?.dropFirst(field.count).prefix { $0 != "\r" })
        let log = try #require(Data(base64Encoded: String(encoded)).map { String(decoding: $0, as: UTF8.self) })
        #expect(log.contains("\nbegun\n") && log.contains("\nREPORT ") && !log.contains("elsewhere"))
        #expect(try command.end() == 0)
    }

    @Test func aTenantHasEnvironmentsOfItsOwn() throws {
        let (command, url) = try serve(["--environments", "2"])
        let red = try logStream(command, url, tenant: "red")
        let blue = try logStream(command, url, tenant: "blue")
        #expect(red != blue)
        #expect(try logStream(command, url, tenant: "red") == red)
        // It takes the place of the one that has been idle for longest.
        let third = try logStream(command, url)
        #expect(third != red && third != blue)
        #expect(try logStream(command, url, tenant: "red") == red)
        #expect(try command.end() == 0)
    }

    @Test func whatIsIdleEnds() throws {
        let (command, url) = try serve(["--idle-limit", "0.1"])
        #expect(try invoke(url, "{}").body == "{}")
        try command.line(with: "SHUTDOWN Reason: spindown")
        #expect(try invoke(url, "{}").body == "{}")
        #expect(try command.end() == 0)
        #expect(command.output.contains { $0.hasPrefix("[2] INIT_START ") })
        let stops = command.records("stop").map { $0["reason"] as? String }
        #expect(stops.count >= 2 && Set(stops) == ["spindown"])
    }

    @Test func eventsAreRefusedOnceAsManyWaitAsMay() throws {
        let loop = try EventLoop()
        var settings = Settings(function: Stage.fixtures + "/function")
        (settings.timeout, settings.initLimit) = (.seconds(60), .seconds(60))
        let folder = try TemporaryFolder()
        settings.environment = [("TEST_FOLDER", folder.path)]
        var limits = FleetPolicy.Limits()
        limits.eventBytes = 4 * FleetPolicy.Limits.eventCost
        let fleet = Fleet(
            loop: loop, settings: settings, limits: limits, inherited: ProcessInfo.processInfo.environment)
        var refused: [String] = []
        fleet.onRefusal = { refused.append($0.id) }
        let server = try InvokeServer(
            fleet: fleet, listener: Socket.listen(on: .loopback(port: 0)), name: nil, connections: 8)
        let deadline = Instant.now + RunningProgram.patience
        func send(_ steps: String, _ options: [String] = Self.asEvent) throws -> [String] {
            let caller = try curl("http://\(server.address)", steps, ["-i"] + options)
            while try !caller.hasEnded(within: .milliseconds(1)), .now < deadline {
                try loop.runOnce(until: .now + .milliseconds(1))
            }
            return caller.output
        }
        // One is under way, and two wait; what is refused takes no room.
        let steps = #"[["wait","go"],["respond",1]]"#
        for _ in 1...3 { #expect(try send(steps).first?.hasPrefix("HTTP/1.1 202") == true) }
        for number in 1...2 {
            let answer = try send(#"[["print","\#(String(repeating: "x", count: 1000))"]]"#)
            #expect(answer.first?.hasPrefix("HTTP/1.1 429") == true)
            #expect(
                answer.last == #"{"Reason":"CallerRateLimitExceeded","Type":"User","message":"Rate Exceeded."}"#)
            #expect(refused.count == number && answer.contains { $0.hasPrefix("x-amzn-RequestId: \(refused.last!)") })
        }
        try folder.write("", to: "go")
        while fleet.eventCount > 0, .now < deadline { try loop.runOnce(until: deadline) }
        #expect(try send(steps).first?.hasPrefix("HTTP/1.1 202") == true)
        var isClosed = false
        fleet.onClose = { isClosed = true }
        fleet.shutdown()
        while !isClosed, .now < deadline { try loop.runOnce(until: deadline) }
        #expect(isClosed)
    }

    @Test func anEventThatFailsForGoodLeavesARecord() throws {
        let (command, url) = try serve([
            "--name", "mine", "--retry-after", "0", "--on-failure", "@/failed.json", "--invocations", "3",
        ])
        let event = #"{"steps": [["print","tried"],"# + "\n" + #"["error","Broke"]]}"#
        let (head, _) = try invoke(url, event, name: "mine:live", Self.asEvent)
        #expect(head.first == "HTTP/1.1 202 Accepted")
        #expect(try command.wait() == 1)
        #expect(command.output.filter { $0 == "tried" }.count == 3)
        let id = try id(in: head)
        #expect(command.records("invocation").map { $0["requestId"] as? String } == [id, id, id])
        let retries = command.output.filter { $0.hasPrefix("RETRY ") }
        #expect(retries == (2...3).map { "RETRY RequestId: \(id)\tattempt \($0) of 3" })
        #expect(command.file("failed.json").filter { $0 == "\n" }.count == 1)
        var record = try #require(
            try JSONSerialization.jsonObject(with: Data(command.file("failed.json").utf8)) as? [String: Any])
        #expect((record.removeValue(forKey: "timestamp") as? String)?.hasSuffix("Z") == true)
        #expect(
            record as NSDictionary == [
                "version": "1.0",
                "requestContext": [
                    "requestId": id, "functionArn": "arn:aws:lambda:us-east-1:012345678912:function:mine:live",
                    "condition": "RetriesExhausted", "approximateInvokeCount": 3,
                ],
                "requestPayload": ["steps": [["print", "tried"], ["error", "Broke"]]],
                "responseContext": ["statusCode": 200, "executedVersion": "$LATEST", "functionError": "Unhandled"],
                "responsePayload": ["errorType": "Broke", "errorMessage": "as asked"],
            ] as NSDictionary)
    }

    @Test func anEventThatSucceedsAtLastLeavesNone() throws {
        let (command, url) = try serve([
            "--retry-after", "0", "--on-failure", "@/failed.json", "--invocations", "2",
        ])
        let (head, _) = try invoke(url, #"[["exit-once","mark"],["respond",1]]"#, Self.asEvent)
        #expect(try command.wait() == 1)
        let records = command.records("invocation")
        #expect(records.map { $0["status"] as? String } == ["failure", "success"])
        #expect(try Set(records.map { $0["requestId"] as? String }) == [id(in: head)])
        #expect(command.file("failed.json") == "")
    }

    @Test func eventsWaitForAnEnvironmentAndAreLeftByASignal() throws {
        let (command, url) = try serve(["--environments", "1"])
        let caller = try curl(url, #"[["print","begun"],["wait","go"],["respond",1]]"#)
        try command.line(with: "begun")
        for word in ["one", "two"] {
            let (head, _) = try invoke(url, "[[\"print\",\"\(word)\"],[\"wait\",\"\(word)\"]]", Self.asEvent)
            #expect(head.first == "HTTP/1.1 202 Accepted")
        }
        try command.folder.write("", to: "go")
        #expect(try caller.wait() == 0)
        try command.line(with: "one")
        let end = try #require(command.output.firstIndex { $0.hasPrefix("END RequestId: ") })
        #expect(try end < #require(command.output.firstIndex(of: "one")))
        #expect(try command.end() == 1)
        // The one that was being tried, and the one that was not.
        #expect(command.output.contains { $0.hasSuffix("asynchronous invocations left undone: 2") })
        #expect(!command.output.contains("two"))
    }

    /// An environment that has ended takes no memory any more, and another has its place.
    @Test func whatHasEndedIsGone() throws {
        var limits = FleetPolicy.Limits()
        limits.idle = .milliseconds(1)
        var settings = Settings(function: Stage.fixtures + "/function")
        (settings.initLimit, settings.timeout) = (.seconds(60), .seconds(60))
        let loop = try EventLoop()
        let fleet = Fleet(
            loop: loop, settings: settings, limits: limits, inherited: ProcessInfo.processInfo.environment)
        weak var sandbox: Sandbox?
        weak var record: SandboxRecord?
        fleet.makeObservers = { new in
            let observer = SandboxRecord(of: new)
            (sandbox, record) = (new, observer)
            return [observer]
        }
        let deadline = Instant.now + RunningProgram.patience
        for number in 1...2 {
            var outcome: Outcome?
            fleet.invoke(Invocation(id: fleet.makeRequestID(), payload: Array("{}".utf8))) { outcome = $0 }
            #expect(sandbox?.number == number && sandbox?.place == 1 && record != nil)
            while sandbox != nil, .now < deadline { try loop.runOnce(until: deadline) }
            #expect(outcome?.errorType == nil && outcome != nil)
            #expect(sandbox == nil && record == nil && !fleet.isUp)
        }
        var isClosed = false
        fleet.onClose = { isClosed = true }
        fleet.shutdown()
        while !isClosed, .now < deadline { try loop.runOnce(until: deadline) }
        #expect(isClosed)
    }
}
