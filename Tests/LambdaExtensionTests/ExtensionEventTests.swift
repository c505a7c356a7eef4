import LambdaExtension
import TestSupport
import Testing

/// The content of a body, read where the page behind it must not be touched.
private func words(_ body: String) -> String {
    GuardedBytes(body.utf8).withView { bytes in
        do {
            return try ExtensionEventView.parse(bytes).words
        } catch {
            return "fault: \(error)"
        }
    }
}

extension ExtensionEventView {
    /// Everything in the event, for comparison.
    fileprivate var words: String {
        switch self {
        case .invoke(let event):
            var words = "INVOKE \(event.requestID.string) at \(event.deadline)"
            if let text = event.functionARN { words += " of \(text.string)" }
            if let text = event.tracingType { words += " \(text.string)" }
            if let text = event.tracingValue { words += "=\(text.string)" }
            return words
        case .shutdown(let event):
            return "SHUTDOWN at \(event.deadline) because of \(event.reason?.string ?? "nothing")"
        case .unknown(let kind):
            return "unknown \(kind.string)"
        }
    }
}

@Suite struct ExtensionEventTests {
    private static let invoke = """
        {"eventType":"INVOKE","deadlineMs":1700000003000,"requestId":"8476a536-e9f4-11e8-9739-2dfe598c3fcd",\
        "invokedFunctionArn":"arn:aws:lambda:eu-west-1:123456789012:function:f",\
        "tracing":{"type":"X-Amzn-Trace-Id","value":"Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Sampled=1"}}
        """

    @Test(arguments: [
        (
            invoke,
            """
            INVOKE 8476a536-e9f4-11e8-9739-2dfe598c3fcd at 1700000003000 of \
            arn:aws:lambda:eu-west-1:123456789012:function:f \
            X-Amzn-Trace-Id=Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Sampled=1
            """
        ),
        (#"{"eventType":"INVOKE","deadlineMs":5,"requestId":"a","invokedFunctionArn":"b"}"#, "INVOKE a at 5 of b"),
        (#"{"requestId":"a","deadlineMs":5,"eventType":"INVOKE"}"#, "INVOKE a at 5"),
        ("\r\n\t {\"eventType\" : \"INVOKE\" , \"deadlineMs\":5,\n\"requestId\":\"a\" } \n", "INVOKE a at 5"),
        // No tracing, in every way to say so.
        (#"{"eventType":"INVOKE","deadlineMs":5,"requestId":"a","tracing":null}"#, "INVOKE a at 5"),
        (#"{"eventType":"INVOKE","deadlineMs":5,"requestId":"a","tracing":{}}"#, "INVOKE a at 5"),
        (#"{"eventType":"INVOKE","deadlineMs":5,"requestId":"a","tracing":[{"type":"t"}]}"#, "INVOKE a at 5"),
        (#"{"eventType":"INVOKE","deadlineMs":5,"requestId":"a","tracing":{"type":"t","new":[1]}}"#, "INVOKE a at 5 t"),
        (#"{"eventType":"INVOKE","deadlineMs":5,"requestId":"a","tracing":{"value":"v"}}"#, "INVOKE a at 5=v"),
        (#"{"eventType":"INVOKE","deadlineMs":5,"requestId":"a","tracing":{"type":1,"value":"v"}}"#, "INVOKE a at 5=v"),
        // Escapes, in ids and in names.
        (
            #"{"eventType":"INVOKE","deadlineMs":5,"requestId":"\u0061\/\"\\\u00e9\ud83d\ude00"}"#,
            #"INVOKE a/"\é😀 at 5"#
        ),
        (#"{"\u0065ventType":"\u0049NVOKE","deadlineM\u0073":5,"requestI\u0064":"a"}"#, "INVOKE a at 5"),
        // Numbers at the ends of their range.
        (#"{"eventType":"INVOKE","deadlineMs":0,"requestId":""}"#, "INVOKE  at 0"),
        (
            #"{"eventType":"INVOKE","deadlineMs":9223372036854775807,"requestId":"a"}"#,
            "INVOKE a at 9223372036854775807"
        ),
        (#"{"eventType":"INVOKE","deadlineMs":-1,"requestId":"a"}"#, "INVOKE a at -1"),
        // The second of two equal names counts.
        (
            #"{"eventType":"SHUTDOWN","eventType":"INVOKE","deadlineMs":5,"requestId":"a","requestId":"b"}"#,
            "INVOKE b at 5"
        ),
        // Members that did not exist when this was written, with names of ours further in.
        (
            #"{"new":{"requestId":"x","deadlineMs":[{}]},"eventType":"INVOKE","deadlineMs":5,"requestId":"a","more":null}"#,
            "INVOKE a at 5"
        ),
        (#"{"eventType":"INVOKE","deadlineMs":5,"requestId":"a","shutdownReason":"no"}"#, "INVOKE a at 5"),
    ])
    func readsInvoke(_ body: String, _ expected: String) { #expect(words(body) == expected) }

    @Test(arguments: [
        "spindown", "timeout", "failure", "SPINDOWN", "TIMEOUT", "FAILURE", "SandboxTerminated", "Timeout",
        "ReleaseFail", "of a kind to come", "",
    ])
    func readsEveryReason(_ reason: String) {
        let body = #"{"eventType":"SHUTDOWN","deadlineMs":1700000002000,"shutdownReason":"\#(reason)"}"#
        #expect(words(body) == "SHUTDOWN at 1700000002000 because of \(reason)")
    }

    @Test(arguments: [
        (#"{"eventType":"SHUTDOWN"}"#, "SHUTDOWN at 0 because of nothing"),
        (#"{"eventType":"SHUTDOWN","deadlineMs":"soon","shutdownReason":7}"#, "SHUTDOWN at 0 because of nothing"),
        (#"{"eventType":"SHUTDOWN","deadlineMs":1,"shutdownReason":null}"#, "SHUTDOWN at 1 because of nothing"),
        (#"{"eventType":"SHUTDOWN","deadlineMs":1,"requestId":"a","new":true}"#, "SHUTDOWN at 1 because of nothing"),
        (#"{"eventType":"SNAPSHOT","deadlineMs":1}"#, "unknown SNAPSHOT"),
        (#"{"eventType":"invoke","deadlineMs":5,"requestId":"a"}"#, "unknown invoke"),
        (#"{"eventType":"INVOKE ","deadlineMs":5,"requestId":"a"}"#, "unknown INVOKE "),
        (#"{"eventType":""}"#, "unknown "),
    ])
    func readsOtherKinds(_ body: String, _ expected: String) { #expect(words(body) == expected) }

    @Test(arguments: [
        (#"{"eventType":"INVOKE","requestId":"a"}"#, "a deadlineMs"),
        (#"{"eventType":"INVOKE","deadlineMs":"5","requestId":"a"}"#, "a deadlineMs"),
        (#"{"eventType":"INVOKE","deadlineMs":5.5,"requestId":"a"}"#, "a deadlineMs"),
        (#"{"eventType":"INVOKE","deadlineMs":9223372036854775808,"requestId":"a"}"#, "a deadlineMs"),
        (#"{"eventType":"INVOKE","deadlineMs":5}"#, "a requestId"),
        (#"{"eventType":"INVOKE","deadlineMs":5,"requestId":null}"#, "a requestId"),
        (#"{"eventType":"INVOKE","deadlineMs":5,"requestId":5}"#, "a requestId"),
        (#"{"eventType":"INVOKE"}"#, "a requestId"),
        (#"{"deadlineMs":5,"requestId":"a"}"#, "an eventType"),
        (#"{"eventType":null}"#, "an eventType"),
        (#"{"eventType":["INVOKE"]}"#, "an eventType"),
        ("{}", "an eventType"),
        ("[]", "an eventType"),
        ("null", "an eventType"),
        (#""INVOKE""#, "an eventType"),
        ("", "a JSON object"),
        (" ", "a JSON object"),
        ("INVOKE", "a JSON object"),
        ("{", "a JSON object"),
        ("<html></html>", "a JSON object"),
        (#"{"eventType":"SHUTDOWN"} {}"#, "a JSON object"),
        (#"{"eventType":"SHUTDOWN"}}"#, "a JSON object"),
        (#"{"eventType":"SHUTDOWN",}"#, "a JSON object"),
        (#"{'eventType':'SHUTDOWN'}"#, "a JSON object"),
        (#"{"eventType":"SHUT\DOWN"}"#, "a JSON object"),
        ("{\"eventType\":\"SHUT\nDOWN\"}", "a JSON object"),
        (#"{"eventType":"INVOKE","deadlineMs":05,"requestId":"a"}"#, "a JSON object"),
        (#"{"eventType":"INVOKE","deadlineMs":5,"requestId":"\ud83d"}"#, "a JSON object"),
        (#"{"eventType":"SHUTDOWN","new":"# + String(repeating: "[", count: 100), "a JSON object"),
    ])
    func refuses(_ body: String, _ missing: String) { #expect(words(body) == "fault: answered without \(missing)") }

    /// An answer that was cut off is never taken for a whole one.
    @Test(arguments: [invoke, #"{"eventType":"SHUTDOWN","deadlineMs":1,"shutdownReason":"spindown"}"#])
    func refusesEveryPrefix(_ body: String) {
        for count in 0..<body.utf8.count {
            #expect(words(String(body.prefix(count))) == "fault: answered without a JSON object", "\(count) bytes")
        }
    }

    /// Whichever byte of an event comes out wrong, the parser neither reads past the end nor traps.
    @Test func survivesEveryChangedByte() {
        let bytes = Array(Self.invoke.utf8)
        var taken = 0
        for index in bytes.indices {
            for byte in Array("\"\\{}[]:,09-etx \0".utf8) + [0x80, 0xFF] {
                var changed = bytes
                changed[index] = byte
                if GuardedBytes(changed).withView({ (try? ExtensionEventView.parse($0)) != nil }) { taken += 1 }
            }
        }
        #expect(taken > bytes.count)
    }
}
