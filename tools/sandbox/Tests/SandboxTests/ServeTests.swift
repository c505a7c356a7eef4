import Foundation
import Testing
import ToolsTestSupport

/// The Invoke API, called with curl and with the AWS CLI.
@Suite struct ServeTests: Serving {
    @Test func requestResponse() throws {
        let (command, url) = try serve()
        let (head, body) = try invoke(url, #"[["respond",{"a":[1,2]}]]"#)
        #expect(head.first == "HTTP/1.1 200 OK")
        #expect(head.contains("X-Amz-Executed-Version: $LATEST"))
        #expect(head.contains { $0.hasPrefix("x-amzn-RequestId: ") })
        #expect(!head.contains { $0.hasPrefix("X-Amz-Function-Error") })
        #expect(body == #"{"a": [1, 2]}"#)
        #expect(try command.end() == 0)
    }

    @Test func errorsAreMarked() throws {
        let (command, url) = try serve()
        for steps in [#"[["error","Broke"]]"#, #"[["exit",1]]"#] {
            let (head, body) = try invoke(url, steps)
            #expect(head.first == "HTTP/1.1 200 OK")
            #expect(head.contains("X-Amz-Function-Error: Unhandled"))
            #expect(body.contains("errorType"))
        }
        let (head, _) = try invoke(url, #"[["respond",1]]"#)
        #expect(!head.contains { $0.hasPrefix("X-Amz-Function-Error") })
        #expect(try command.end(SIGINT) == 1)
    }

    @Test(
        arguments: [
            ([], #"[["exit",1]]"#, 400, "SnapStartException"),
            (["--restore-limit", "1"], #"[["sleep",60]]"#, 408, "SnapStartTimeoutException"),
        ] as [([String], String, Int, String)])
    func aRestoreThatFailsRefusesTheRequest(options: [String], hooks: String, status: Int, type: String) throws {
        let (command, url) = try serve(["--snap-start", "--env", "TEST_RESTORE=\(hooks)"] + options)
        let (head, body) = try invoke(url, #"[["respond",1]]"#)
        #expect(head.first?.hasPrefix("HTTP/1.1 \(status) ") == true)
        #expect(head.contains("x-amzn-ErrorType: \(type)"))
        if status == 400 { #expect(body.contains("Runtime.ExitError")) }
        #expect(try command.end() == 1)
    }

    @Test func theLogsTail() throws {
        let (command, url) = try serve()
        let (head, _) = try invoke(url, #"[["print","told"],["respond",1]]"#, ["-H", "X-Amz-Log-Type: Tail"])
        let field = head.first { $0.hasPrefix("X-Amz-Log-Result: ") } ?? ""
        let log = Data(base64Encoded: String(field.dropFirst("X-Amz-Log-Result: ".count)))
            .map { String(decoding: $0, as: UTF8.self) }
        #expect(log?.hasPrefix("START RequestId: ") == true)
        #expect(log?.contains("\ntold\n") == true)
        #expect(log?.contains("\nEND RequestId: ") == true)
        #expect(log?.split(separator: "\n").last?.hasPrefix("REPORT RequestId: ") == true)
        let refused = try invoke(url, "{oops", ["-H", "X-Amz-Log-Type: Tail"])
        #expect(refused.head.first == "HTTP/1.1 400 Bad Request")
        #expect(try command.end() == 0)
    }

    @Test func eventsAndDryRuns() throws {
        let (command, url) = try serve(["--invocations", "1"])
        let dry = try invoke(url, #"[["respond","dry"]]"#, ["-H", "X-Amz-Invocation-Type: DryRun"])
        #expect(dry.head.first == "HTTP/1.1 204 No Content")
        let event = try invoke(url, #"[["print","later"],["respond",1]]"#, ["-H", "X-Amz-Invocation-Type: Event"])
        #expect(event.head.first == "HTTP/1.1 202 Accepted")
        #expect(event.body == "")
        #expect(try command.wait() == 0)
        #expect(command.output.contains("later"))
    }

    @Test func theClientContextReachesTheFunction() throws {
        let (command, url) = try serve()
        let context = Data(#"{"custom":{"k":"v"}}"#.utf8).base64EncodedString()
        let (_, body) = try invoke(
            url, #"[["respond-head"]]"#,
            [
                "-H", "X-Amz-Client-Context: \(context)", "-H", "X-Amz-Tenant-Id: blue", "-H",
                "X-Amzn-Trace-Id: Root=1-2-3",
            ])
        #expect(body.contains(#""Lambda-Runtime-Client-Context": "{\"custom\":{\"k\":\"v\"}}""#))
        #expect(body.contains(#""Lambda-Runtime-Aws-Tenant-Id": "blue""#))
        #expect(body.contains(#""Lambda-Runtime-Trace-Id": "Root=1-2-3""#))
        #expect(try command.end() == 0)
    }

    @Test(arguments: [
        ("mine", "", ""), ("mine:live", "", ":live"), ("mine", "?Qualifier=7", ":7"),
        ("mine", "?Qualifier=%24LATEST", ":$LATEST"),
        ("mine:live", "?Qualifier=live", ":live"), ("012345678912:function:mine:function", "", ":function"),
    ])
    func aVersionOrAliasIsInTheARN(name: String, query: String, ending: String) throws {
        let (command, url) = try serve(["--name", "mine", "--region", "cn-north-1"])
        let (_, body) = try invoke(url, #"[["respond-head"]]"#, name: name, query: query)
        let arn = "arn:aws-cn:lambda:cn-north-1:012345678912:function:mine\(ending)"
        #expect(body.contains(#""Lambda-Runtime-Invoked-Function-Arn": "\#(arn)""#))
        #expect(try command.end() == 0)
    }

    /// Whoever does not name the function has it answer to any name.
    @Test func theNameOfACallIsInTheARN() throws {
        let (command, url) = try serve()
        for name in ["orders", "arn:aws:lambda:us-east-1:012345678912:function:orders"] {
            let (_, body) = try invoke(url, #"[["respond-head"]]"#, name: name)
            #expect(body.contains(#"-Arn": "arn:aws:lambda:us-east-1:012345678912:function:orders""#), "\(body)")
        }
        #expect(try command.end() == 0)
    }

    @Test(arguments: [
        ("mine:no%20such!", "", "ValidationException"), ("mine:", "", "ValidationException"),
        ("mine", "?Qualifier=no%20such!", "ValidationException"), ("mine", "?Qualifier=", "ValidationException"),
        ("mine", "?Qualifier=\(String(repeating: "a", count: 129))", "ValidationException"),
        ("mine:live", "?Qualifier=test", "InvalidParameterValueException"),
    ])
    func aVersionThatIsNoneIsRefused(name: String, query: String, type: String) throws {
        let (command, url) = try serve(["--name", "mine"])
        let (head, _) = try invoke(url, "{}", name: name, query: query)
        #expect(head.first == "HTTP/1.1 400 Bad Request")
        #expect(head.contains("x-amzn-ErrorType: \(type)"))
        #expect(try command.end() == 0)
    }

    @Test(
        arguments: [
            ("%00", [], 400, "ValidationException"), ("..%2F..", [], 400, "ValidationException"),
            ("f%0D%0Ax", [], 400, "ValidationException"), ("%C3%BC", [], 400, "ValidationException"),
            (String(repeating: "f", count: 65), [], 400, "ValidationException"),
            ("f", ["X-Amz-Tenant-Id: a,b"], 400, "ValidationException"),
            ("f", ["X-Amz-Tenant-Id: \u{FC}"], 400, "ValidationException"),
            ("f", ["X-Amz-Tenant-Id: " + String(repeating: "t", count: 257)], 400, "ValidationException"),
            ("f", ["X-Amz-Log-Type: tail"], 400, "InvalidParameterValueException"),
            (
                "f", ["X-Amz-Client-Context: " + String(repeating: "ICAg", count: 895) + "e30="], 400,
                "InvalidRequestContentException"
            ),
        ] as [(String, [String], Int, String)])
    func whatLambdaDoesNotTakeIsRefused(name: String, fields: [String], status: Int, type: String) throws {
        let (command, url) = try serve()
        let (head, _) = try invoke(url, #"[["respond",1]]"#, name: name, fields.flatMap { ["-H", $0] })
        #expect(head.first?.hasPrefix("HTTP/1.1 \(status) ") == true)
        #expect(head.contains("x-amzn-ErrorType: \(type)"))
        #expect(try command.end() == 0)
    }

    /// Neither a page of another origin, nor one whose name was made to lead here; programs come by whatever name there is.
    @Test(
        arguments: [
            (["Origin: http://elsewhere.example"], false), (["Origin: null"], false),
            (["Host: rebound.example:9000", "Origin: http://rebound.example:9000"], false),
            (["Sec-Fetch-Site: cross-site"], false), (["Sec-Fetch-Site: same-site"], false),
            (["Sec-Fetch-Mode: cors"], true), (["Host: host.docker.internal:9000"], true), ([], true),
        ] as [([String], Bool)])
    func pagesInBrowsersCannotInvoke(fields: [String], isAnswered: Bool) throws {
        let (command, url) = try serve()
        let steps = #"[["print","invoked"],["respond",1]]"#
        let (head, body) = try invoke(url, steps, fields.flatMap { ["-H", $0] })
        #expect(head.first == (isAnswered ? "HTTP/1.1 200 OK" : "HTTP/1.1 403 Forbidden"), "\(body)")
        #expect(head.contains("x-amzn-ErrorType: AccessDeniedException") == !isAnswered)
        #expect(try command.end() == 0)
        #expect(command.output.contains("invoked") == isAnswered)
    }

    @Test func callersLeaveDescriptorsForEnvironments() throws {
        let run = "\(Command.tool) run --function \(Stage.fixtures)/function --init-limit 60 --timeout 60"
        let command = try Command(
            "/bin/sh", ["-c", "ulimit -n 400; exec \(run) --serve 127.0.0.1:0 --environments 2 --idle-limit 0.001"])
        let url = try command.address(after: "Invoke API")
        try command.line(with: "SHUTDOWN")
        let callers = """
            import http.client, socket, sys
            first = http.client.HTTPConnection(sys.argv[1])
            first.connect()
            others = [socket.socket() for _ in range(500)]
            for other in others:
                other.setblocking(False)
                other.connect_ex((first.host, first.port))
            first.request("POST", "/2015-03-31/functions/f/invocations", "{}")
            print(first.getresponse().read().decode())
            """
        let caller = try Command("/usr/bin/env", ["python3", "-c", callers, String(url.dropFirst("http://".count))])
        #expect(try caller.wait() == 0)
        #expect(caller.output == ["{}"])
        #expect(try command.end() == 0)
    }

    @Test func eventsAreTakenAsStrangersWriteThem() throws {
        let (command, url) = try serve()
        let deep = String(repeating: "[", count: 65) + String(repeating: "]", count: 65)
        #expect(
            try invoke(url, #"{"title":"\ud83c","deep":\#(deep),"steps":[["respond","taken"]]}"#).body == #""taken""#)
        #expect(try command.end() == 0)
    }

    @Test func wrongRequestsAreRefused() throws {
        let (command, url) = try serve(["--name", "mine"])
        let cases: [(payload: String, name: String, options: [String], status: String, type: String)] = [
            ("{}", "other", [], "404", "ResourceNotFoundException"),
            ("{oops", "mine", [], "400", "InvalidRequestContentException"),
            ("{}", "mine", ["-H", "X-Amz-Invocation-Type: Sometimes"], "400", "InvalidParameterValueException"),
            ("{}", "mine", ["-H", "X-Amz-Client-Context: %%%"], "400", "InvalidRequestContentException"),
            ("{}", "mine", ["-H", "X-Amz-Client-Context: b29wcw=="], "400", "InvalidRequestContentException"),
            ("{}", "mine/x", [], "404", "UnknownOperationException"),
            ("{}", "", [], "404", "UnknownOperationException"),
            ("{}", "%zz", [], "404", "UnknownOperationException"),
            ("{}", "mine?", [], "404", "UnknownOperationException"),
            ("{}", "../../x?", [], "404", "UnknownOperationException"),
        ]
        for wrong in cases {
            let (head, body) = try invoke(url, wrong.payload, name: wrong.name, wrong.options)
            #expect(head.first?.contains(" \(wrong.status) ") == true, "\(wrong)")
            #expect(head.contains("x-amzn-ErrorType: \(wrong.type)"), "\(wrong)")
            #expect(body.contains("\"Message\""))
            let id = try #require(head.first { $0.hasPrefix("x-amzn-RequestId: ") }?.split(separator: " ").last)
            try command.line(with: "lambda-sandbox: \(id): refused with \(wrong.status) \(wrong.type): ")
        }
        let (head, _) = try invoke(url, "{}", name: "mine", ["-X", "GET"])
        #expect(head == ["HTTP/1.1 405 Method Not Allowed", "Allow: POST", "Content-Length: 0"])
        #expect(try invoke(url, "{}", name: "arn:aws:lambda:us-east-1:012345678912:function:mine").body == "{}")
        #expect(try command.end() == 0)
    }

    /// In the API's words, whatever the length, and however it is told.
    @Test(
        arguments: [
            (6_291_457, [], "6291457 byte payload is too large for the RequestResponse", 6_291_456),
            (1_048_577, ["X-Amz-Invocation-Type: Event"], "1048577 byte payload is too large for the Event", 1_048_576),
            (17_000_000, [], "17000000 byte payload is too large for the RequestResponse", 6_291_456),
            (
                17_000_000, ["Expect: 100-continue"],
                "17000000 byte payload is too large for the RequestResponse", 6_291_456
            ),
            (
                17_000_000, ["Transfer-Encoding: chunked", "X-Amz-Invocation-Type: Event"],
                "More than 16777216 byte payload is too large for the Event", 1_048_576
            ),
        ] as [(Int, [String], String, Int)])
    func whatIsTooLongIsRefusedInTheAPIsWords(count: Int, fields: [String], words: String, limit: Int) throws {
        let (command, url) = try serve()
        let payload = try command.folder.write(String(repeating: "1", count: count), to: "payload")
        let options = try command.folder.write("data-binary = \"@\(payload)\"\n", to: "options")
        let path = "/2015-03-31/functions/f/invocations"
        let fields = fields.flatMap { ["-H", $0] }
        let curl = try Command(
            "/usr/bin/curl", ["-sS", "--noproxy", "*", "-i", "-H", "Expect:", "-K", options, url + path] + fields)
        let (head, body) = try answer(to: curl)
        #expect(head.contains("HTTP/1.1 413 Content Too Large"), "\(head)")
        #expect(head.contains("x-amzn-ErrorType: RequestTooLargeException"))
        #expect(body.contains(#""Message":"\#(words) invocation type (limit \#(limit) bytes)""#), "\(body)")
        #expect(try invoke(url, "{}").body == "{}")
        #expect(try command.end() == 0)
    }

    @Test func manyCallersAreServed() throws {
        let (command, url) = try serve(["--invocations", "5"])
        let callers = try (0..<5).map { try curl(url, "[[\"respond\",\($0)]]") }
        for (number, caller) in callers.enumerated() {
            #expect(try caller.wait() == 0)
            #expect(caller.output == ["\(number)"])
        }
        #expect(try command.wait() == 0)
        #expect(command.records("invocation").count == 5)
    }

    @Test func callersAreServedAtTheSameTimeAndOneTooManyIsRefused() throws {
        let (command, url) = try serve(
            ["--managed-instances", "--concurrency", "4"], function: "workers")
        let callers = try (0..<4).map {
            try curl(url, "[[\"meet\",\"all\",4],[\"say\",\"met\"],[\"wait\",\"go\"],[\"respond\",\($0)]]")
        }
        for _ in callers { try command.line(with: "met") }
        let (head, body) = try invoke(url, #"[["respond","too many"]]"#)
        #expect(head.first == "HTTP/1.1 400 Bad Request")
        #expect(
            head.contains("x-amzn-ErrorType: Runtime.Unavailable") && head.contains("Error-Type: Runtime.Unavailable"))
        #expect(body.contains(#""errorType":"Runtime.Unavailable""#))
        try command.folder.write("", to: "go")
        for (number, caller) in callers.enumerated() {
            #expect(try caller.wait() == 0)
            #expect(caller.output == ["\(number)"])
        }
        #expect(try command.end() == 1)
        let records = command.records("invocation")
        #expect(records.count { $0["errorType"] as? String == "Runtime.Unavailable" } == 1)
        #expect(records.count { $0["status"] as? String == "success" } == 4)
    }

    @Test func aSignalAnswersWhoeverWaits() throws {
        let (command, url) = try serve(["--quiet"])
        let caller = try curl(url, #"[["print","begun"],["sleep",60]]"#)
        try command.line(with: "begun")
        command.send(SIGTERM)
        #expect(try caller.wait() == 0)
        #expect(caller.output.joined().contains("Sandbox.Failure"))
        #expect(try command.wait() == 1)
        #expect(command.records("invocation").map { $0["status"] as? String } == ["failure"])
    }

    @Test func aTakenAddressIsNamed() throws {
        let (command, url) = try serve()
        let address = url.replacingOccurrences(of: "http://", with: "")
        let second = try Command.run(["--serve", address])
        #expect(try second.wait() == 69)
        #expect(
            second.output.contains {
                $0.contains("cannot listen on \(address): Address already in use; another program has it")
            })
        #expect(try command.end() == 0)
    }

    @Test(.enabled(if: AWSCommandLine.isInstalled, "the AWS CLI is not installed"))
    func theAWSCommandLineInvokes() throws {
        let (command, url) = try serve([
            "--extension", Stage.fixtures + "/watcher", "--env", "WATCHER=telemetry=platform",
        ])
        let aws = try AWSCommandLine(at: url)
        let printed = try aws.invoke(#"{"steps":[["respond",{"from":"aws"}]]}"#, "--log-type", "Tail")
        #expect(printed.contains("\"StatusCode\": 200"))
        #expect(printed.contains("\"ExecutedVersion\": \"$LATEST\""))
        #expect(printed.contains("\"LogResult\""))
        #expect(aws.response == #"{"from": "aws"}"#)
        try command.line(with: "END RequestId")
        #expect(try command.end() == 0)
        // The caller had its answer while the extension held the environment, which it did until it was notified of the
        // answer.
        let record = try #require(command.records("invocation").first)
        #expect(record["responseUs"] as? Int ?? .max < record["extensionsDoneUs"] as? Int ?? 0)
    }
}
