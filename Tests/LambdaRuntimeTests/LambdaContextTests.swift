import CLinux
import LambdaRuntime
import ReactorHTTP
import ServiceFakes
import Testing

@Suite struct LambdaContextTests {
    @Test(
        arguments: [
            (
                #"{"w3c":{"traceparent":"00-a-b-01","tracestate":"v=1","baggage":"k=1,l=2"}}"#, "00-a-b-01", "v=1",
                "k=1,l=2"
            ),
            (
                #" {"custom":{"w3c":{"baggage":"no"}},"w3c":{"traceparent":"00-a-b-01"},"env":{}} "#, "00-a-b-01", nil,
                nil
            ),
            (
                #"{"w3c":{"tracestate":"v=1","traceparent":7,"baggage":null,"more":[{"traceparent":"no"}]}}"#, nil,
                "v=1", nil
            ),
            (#"{"w3c":{"baggage":"\u006b=\"1\"\u00e9"}}"#, nil, nil, "k=\"1\"é"),
            (#"{"w3c":{"baggage":"a"},"w3c":{"tracestate":"b"}}"#, nil, "b", nil),
        ] as [(String, String?, String?, String?)])
    func readsTheTraceContextOfTheClient(
        clientContext: String, traceparent: String?, tracestate: String?, baggage: String?
    ) {
        let context = LambdaContext(requestID: "id-1", clientContext: clientContext)
        #expect(
            context.w3c
                == LambdaContext.W3CFields(traceparent: traceparent, tracestate: tracestate, baggage: baggage))
        #expect(context.clientContext == clientContext)
    }

    @Test(
        arguments: [
            nil, "", "x", "7", "[]", "null", "{}", #"{"w3c":null}"#, #"{"w3c":"00-a-b-01"}"#, #"{"w3c":[]}"#,
            #"{"w3c":{}}"#,
            #"{"w3c":{"traceparent":1}}"#, #"{"w3c":{"traceparent":"a"}"#, #"{"w3c":{"traceparent":"a"}} x"#,
            #"{"w3c":{"traceparent":"a",}}"#, #"{"W3C":{"traceparent":"a"}}"#,
        ] as [String?])
    func withoutOneThereIsNone(clientContext: String?) {
        #expect(LambdaContext(requestID: "id-1", clientContext: clientContext).w3c == nil)
    }

    /// In processes of their own, since the environment is everybody's.
    @Test func knowsItsLog() async {
        await #expect(processExitsWith: .success) {
            setenv("AWS_LAMBDA_LOG_GROUP_NAME", "/aws/lambda/f", 1)
            setenv("AWS_LAMBDA_LOG_STREAM_NAME", "2026/11/28/[$LATEST]00", 1)
            let context = LambdaContext(requestID: "id-1")
            #expect(context.logGroupName == "/aws/lambda/f")
            #expect(context.logStreamName == "2026/11/28/[$LATEST]00")
        }
    }

    @Test func knowsNoLogThatIsNotTold() async {
        await #expect(processExitsWith: .success) {
            unsetenv("AWS_LAMBDA_LOG_GROUP_NAME")
            setenv("AWS_LAMBDA_LOG_STREAM_NAME", "", 1)
            #expect(LambdaContext(requestID: "id-1").logGroupName == nil)
            #expect(LambdaContext(requestID: "id-1").logStreamName == nil)
        }
    }

    /// `cargo lambda watch` sends deadlines of 1970.
    @Test func aDeadlineThatHasPassedOnArrivalIsNone() async throws {
        try await withFunction({ _, context in
            let isNone = context.deadline == .distantFuture && context.remainingTime > .seconds(86_400 * 365)
            return Array((isNone ? "none" : "some").utf8)
        }) { api in
            let now = WallClock.milliseconds
            for (number, deadline) in ["0", "1000", "\(now - 60_000)", "-1", "x", "", "99999999999999999999"]
                .enumerated()
            {
                try await api.expect("GET", "/invocation/next")
                let answer = FakeService.Reply.answer(
                    200, "1",
                    [("Lambda-Runtime-Aws-Request-Id", "id-\(number)"), ("Lambda-Runtime-Deadline-Ms", deadline)])
                api.service.answerParked(answer)
                #expect(try await api.expect("POST", "/invocation/id-\(number)/response").body == "none", "\(deadline)")
            }
            try await api.expect("GET", "/invocation/next")
            api.give("1", id: "id-9")
            #expect(try await api.expect("POST", "/invocation/id-9/response").body == "some")
        }
    }
}
