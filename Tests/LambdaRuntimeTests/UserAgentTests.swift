import LambdaAPI
import LambdaRuntime
import ServiceFakes
import Testing

/// The service writes the first word of `User-Agent` into the log's `initStart`.
@Suite struct UserAgentTests {
    private let expected = "postinvoke/\(postinvokeVersion)"

    @Test func everyCallSaysWhoWeAre() async throws {
        try await withStreaming { event, writer, _ in
            if event == Array("fail".utf8) { throw FunctionError(type: "Failed", message: "on purpose") }
            if event == Array("stream".utf8) { try await writer.write("piece") }
        } _: { api in
            for event in ["stream", "empty", "fail"] {
                #expect(try await api.expect("GET", "/invocation/next").headers["User-Agent"] == expected)
                api.give(event, id: "id-1")
                let answer = try await api.expect("POST", "/invocation/id-1/\(event == "fail" ? "error" : "response")")
                #expect(answer.headers["User-Agent"] == expected)
            }
        }
    }

    @Test func aFailedSetUpSaysItToo() async throws {
        try await withFunction(setup: { throw FunctionError(type: "NotReady", message: "no settings") }) { api in
            let report = try await api.expect("POST", "/init/error")
            #expect(report.headers["User-Agent"] == expected)
        }
    }
}
