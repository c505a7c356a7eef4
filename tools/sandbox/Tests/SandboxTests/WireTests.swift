import Sandbox
import Testing

/// The APIs as processes see them: statuses, types and bodies of wrong requests, over real connections.
@Suite struct WireTests {
    @Test func theRuntimeAPIRefuses() throws {
        let stage = try Stage(watchers: [])
        try stage.invoke(
            #"""
            [["raw","POST","/invocation/other/response","{}",{}],
             ["raw","POST","/invocation/other/error","{}",{}],
             ["raw","GET","/invocation/other/response",null,{}],
             ["raw","GET","/nowhere",null,{}],
             ["raw","POST","/init/error","{}",{}],
             ["raw","HEAD","/invocation/next",null,{}],
             ["raw","POST","/invocation//response","{}",{}],
             ["respond",1],["respond",2]]
            """#)
        let raw = stage.lines.filter { $0.hasPrefix("raw ") }
        #expect(raw.count == 7)
        #expect(
            raw[0] == #"raw 400 application/json {"errorMessage":"Invalid request ID","errorType":"InvalidRequestID"}"#)
        #expect(raw[1].hasPrefix("raw 400 application/json"))
        for line in [raw[2], raw[5]] { #expect(line == "raw 405 text/plain; charset=utf-8 ") }
        for line in [raw[3], raw[6]] { #expect(line == "raw 404 text/plain; charset=utf-8 404 page not found") }
        #expect(raw[4].hasPrefix("raw 403 ") && raw[4].contains("InvalidStateTransition"))
        #expect(stage.lines.filter { $0.hasPrefix("response ") } == ["response 202", "response 403"])
        try stage.shutdown()
    }

    @Test func aResponseMayHaveSixMebibytes() throws {
        let stage = try Stage(watchers: [])
        let limit = 6 * 1024 * 1024 + 100
        let (good, _) = try stage.invoke("[[\"respond-size\",\(limit)]]")
        #expect(good.body(for: "").count == limit)
        let (bad, _) = try stage.invoke("[[\"respond-size\",\(limit + 1)]]")
        #expect(bad.errorType == "Function.ResponseSizeTooLarge")
        #expect(stage.lines.filter { $0.hasPrefix("response ") } == ["response 202", "response 413"])
        try stage.shutdown()
    }

    /// The rest of it is not read, and yet both sides are told.
    @Test func aResponseMayNotHaveAnyNumberOfBytes() throws {
        let stage = try Stage(watchers: [])
        let (bad, report) = try stage.invoke("[[\"respond-size\",\(IncomingResponse.bufferedLimit + 1)]]")
        #expect(bad.errorType == "Function.ResponseSizeTooLarge")
        #expect(report.failure == nil)
        #expect(stage.lines.contains("response 413"))
        try stage.shutdown()
    }

    /// As runtimes send the cause of an error for X-Ray.
    @Test func anErrorMayHaveAFieldOfAMebibyte() throws {
        let stage = try Stage(watchers: [])
        let (outcome, report) = try stage.invoke(#"[["error","Handler.Broke",1048576]]"#)
        #expect(outcome.errorType == "Handler.Broke")
        #expect(report.failure == nil)
        #expect(Stage.body(try stage.invoke(#"[["respond",1]]"#).outcome) == "1")
        try stage.shutdown()
    }

    @Test(arguments: [(10, "framing None"), (2000, "framing chunked")])
    func whatIsLongComesInChunks(traceLength: Int, framing: String) throws {
        let stage = try Stage(watchers: ["framing"])
        stage.sandbox.invoke(
            Array(#"{"steps":[["respond",1]]}"#.utf8), traceID: String(repeating: "x", count: traceLength)
        ) { _ in }
        try stage.run("the event") { stage.lines.contains { $0.hasPrefix("watcher0: framing ") } }
        #expect(stage.lines.contains("watcher0: " + framing))
        try stage.shutdown()
    }

    @Test func responsesMayBeStreamed() throws {
        let stage = try Stage(watchers: [])
        let (good, _) = try stage.invoke(#"[["stream",["ab","cd"]]]"#)
        #expect(Stage.body(good) == "abcd")
        let (broken, _) = try stage.invoke(#"[["stream",["ab"],"Function.Broke"]]"#)
        #expect(broken.errorType == "Function.Broke")
        #expect(Stage.body(broken) == #"{"broke": "Function.Broke"}"#)
        let (unknown, _) = try stage.invoke(#"[["respond-mode","slowly"]]"#)
        #expect(unknown.errorType == "Runtime.InvalidResponseModeHeader")
        #expect(stage.lines.filter { $0.hasPrefix("response ") } == ["response 202", "response 202", "response 400"])
        try stage.shutdown()
    }

    @Test func theExtensionsAPIRefuses() throws {
        let root = "/2020-01-01/extension"
        let unknown = "Lambda-Extension-Identifier:00000000-0000-4000-8000-000000000000"
        let requests = [
            "POST|\(root)/register|Lambda-Extension-Name:",
            "POST|\(root)/register|Lambda-Extension-Name:watcher0",
            "GET|\(root)/event/next|",
            "GET|\(root)/event/next|Lambda-Extension-Identifier:12",
            "GET|\(root)/event/next|\(unknown)",
            "POST|\(root)/init/error|",
            "PUT|/2022-07-01/telemetry|\(unknown)",
            "GET|\(root)/register|",
            "GET|\(root)/nowhere|",
            "GET|/2018-06-01/ping|",
        ]
        let stage = try Stage(watchers: ["bare raw=" + requests.joined(separator: ";")])
        try stage.invoke(#"[["respond",1]]"#)
        let raw = stage.lines.filter { $0.hasPrefix("watcher0: raw ") }.map { $0.dropFirst("watcher0: raw ".count) }
        let expected: [(Int, String)] = [
            (403, "Extension.InvalidExtensionName"), (403, "Extension.InvalidExtensionState"),
            (403, "Extension.MissingExtensionIdentifier"), (403, "Extension.InvalidExtensionIdentifier"),
            (403, "Extension.UnknownExtensionIdentifier"), (403, "Extension.MissingExtensionIdentifier"),
            (403, "Extension.UnknownExtensionIdentifier"), (405, ""), (404, "404 page not found"),
            (200, "text/plain; charset=utf-8 pong"),
        ]
        #expect(raw.count == expected.count)
        for (line, (status, type)) in zip(raw, expected) {
            #expect(line.hasPrefix("\(status) ") && (type.isEmpty || line.contains(type)), "\(line)")
            if status == 403 { #expect(line.contains("application/json {\"errorMessage\":\""), "\(line)") }
        }
        try stage.shutdown()
    }

    @Test func logsAreAcceptedButNotThere() throws {
        let stage = try Stage(watchers: ["raw=PUT|/2020-08-15/logs|"])
        try stage.invoke(#"[["respond",1]]"#)
        #expect(stage.lines.contains { $0.contains("raw 202 application/json") && $0.contains("Logs.NotSupported") })
        try stage.shutdown()
    }

    @Test(arguments: [
        ("{}", [] as [String]?), (#"{"events":["INVOKE"]}"#, ["INVOKE"]), (#"{"events":[]}"#, []),
        (#"{"events":null}"#, []), (#"{"more":[1,{}],"events":["A","B"]}"#, ["A", "B"]),
        (#"{"events":"INVOKE"}"#, nil), (#"{"events":[1]}"#, nil), ("[]", nil), ("", nil), ("{", nil),
        (#"{"events":["INVOKE"]}x"#, nil), (#"{"events":["INVOKE"],"configurationKeys":[]}"#, ["INVOKE"]),
        (#"{"events":["INVOKE"],"configurationKeys":["key"]}"#, nil),
        (#"{"events":["INVOKE"],"configurationKeys":1}"#, nil),
    ])
    func registrationsAreRead(body: String, events: [String]?) {
        #expect(body.withByteView { APIRoute.events(in: $0) } == events)
    }
}
