import Foundation
import LambdaExtension
import Testing

/// Tests faults of Lambda's API: one line that says it, a report where one is possible, exit code 1.
@Suite struct APIFailureTests {
    private static let refusal = #"{"errorMessage":"no such extension","errorType":"Extension.InvalidExtensionName"}"#

    private static let failures: [(answer: Lambda.Answer, words: String)] = [
        (.status(403, refusal), "answered 403 Extension.InvalidExtensionName: no such extension"),
        (.status(500, ""), "answered 500"),
        (.status(500, "garbage"), "answered 500"),
        (.raw("garbage\r\n\r\n"), "malformed answer: "),
        (.raw("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{"), "lost the connection before the answer"),
        (.close, "lost the connection before the answer"),
    ]

    /// Waits for the end, which one line explains.
    private func expectFailure(_ scene: Scene, _ words: String) throws {
        try scene.expectEnd(.exit(1), lines: 1)
        #expect(scene.process.standardError.hasPrefix("postinvoke: Extensions API \(words)"))
    }

    @Test(arguments: failures.indices)
    func registering(_ index: Int) throws {
        let (answer, words) = Self.failures[index]
        let scene = try Scene { lambda, _, _ in lambda.answers[.register] = answer }
        try expectFailure(scene, "register " + words)
        #expect(scene.lambda.calls == [.register])
    }

    @Test func registeringWithoutAnIdentifier() throws {
        let scene = try Scene { lambda, _, _ in
            lambda.answers[.register] = .raw("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
        }
        try expectFailure(scene, "register answered without a Lambda-Extension-Identifier")
    }

    @Test func nobodyListens() throws {
        let scene = try Scene { lambda, _, _ in lambda.stopListening() }
        try expectFailure(scene, "register cannot connect: Connection refused")
    }

    @Test(arguments: failures.indices)
    func asking(_ index: Int) throws {
        let (answer, words) = Self.failures[index]
        let scene = try Scene.polling()
        try scene.lambda.answerWaiting(answer)
        try expectReport(scene, words)
    }

    @Test(arguments: [
        ("", "answered without a JSON object"), ("{}", "answered without an eventType"),
        (#"{"eventType":"INVOKE","deadlineMs":1}"#, "answered without a requestId"),
        (#"{"eventType":"INVOKE","requestId":"a"}"#, "answered without a deadlineMs"),
        (#"{"eventType":"INVOKE","deadlineMs":1,"requestId":""}"#, "answered without a requestId of 1 to 128 bytes"),
        (
            #"{"eventType":"INVOKE","deadlineMs":1,"requestId":"\#(String(repeating: "x", count: 129))"}"#,
            "answered without a requestId of 1 to 128 bytes"
        ),
    ])
    func eventsThatAreNone(_ body: String, _ words: String) throws {
        let scene = try Scene.polling()
        try scene.lambda.answerWaiting(.status(200, body))
        try expectReport(scene, words)
    }

    private func expectReport(_ scene: Scene, _ words: String) throws {
        try expectFailure(scene, "event/next " + words)
        // Whoever reports does not wait for ever: its end may be seen before what it said.
        try scene.wait(for: "the report") { scene.lambda.calls == [.register, .next, .exitError] }
        let report = try #require(scene.lambda.requests.last)
        #expect(report.fields["Lambda-Extension-Function-Error-Type"] == "Extension.APIFailure")
        #expect(report.body.contains(#""errorType":"Extension.APIFailure""#))
    }

    /// A message is one line, whatever the service put into it.
    @Test func messagesStayOneLine() throws {
        let scene = try Scene { lambda, _, _ in
            lambda.answers[.register] = .status(403, #"{"errorType":"T\n\u001b[31m","errorMessage":"one\r\ntwo"}"#)
        }
        try expectFailure(scene, "register answered 403 T")
        #expect(!scene.process.standardError.contains("\u{1B}"))
    }

    /// Next came to grief and nobody takes the report: the end comes all the same.
    @Test(arguments: ["gone", "silent", "refusing"])
    func reportingFails(_ how: String) throws {
        let scene = try Scene.polling()
        switch how {
        case "gone": scene.lambda.stopListening()
        case "silent": scene.lambda.answers[.exitError] = .silence
        default: scene.lambda.answers[.exitError] = .status(500, "")
        }
        try scene.lambda.answerWaiting(.close)
        try expectFailure(scene, "event/next lost the connection before the answer")
    }

    /// A restored snapshot's connections may be gone: what no answer had come to is asked once more.
    @Test func underSnapStartALostNextIsAskedForOnceMore() throws {
        let (scene, function) = try Scene.inSession(["AWS_LAMBDA_INITIALIZATION_TYPE": "snap-start"])
        for round in 1...3 {
            try scene.lambda.answerWaiting(.close)
            try scene.expectNext(2 * round)
            try scene.cycle(function, "a\(round)", next: 2 * round + 1)
        }
        #expect(scene.process.standardError == "")
        // Once, not for ever.
        try scene.lambda.answerWaiting(.close)
        try scene.expectNext(8)
        scene.lambda.answers[.next] = .close
        try scene.lambda.answerWaiting(.close)
        try expectFailure(scene, "event/next lost the connection before the answer")
        #expect(scene.lambda.nextCount == 8)
    }

    /// Half an answer is one, and an answer that is wrong is no lost connection.
    @Test(arguments: ["HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{", "H", "garbage\r\n\r\n"])
    func underSnapStartWhatWasAnsweredIsNotAskedForAgain(_ answer: String) throws {
        let scene = try Scene.polling(["AWS_LAMBDA_INITIALIZATION_TYPE": "snap-start"])
        try scene.lambda.answerWaiting(.raw(answer))
        try scene.expectEnd(.exit(1))
        #expect(scene.lambda.calls == [.register, .next, .exitError])
    }

    @Test func underSnapStartNobodyMayListenAnyMore() throws {
        let scene = try Scene.polling(["AWS_LAMBDA_INITIALIZATION_TYPE": "snap-start"])
        scene.lambda.stopListening()
        try scene.lambda.answerWaiting(.close)
        try expectFailure(scene, "event/next cannot connect: Connection refused")
    }

    /// Next is asked once: a second one would be taken for the end of the next invocation.
    @Test func nextIsNotRepeatedAfterAHold() throws {
        let (scene, function) = try Scene.holding("a")
        scene.lambda.answers[.next] = .close
        #expect(try scene.ask(function, done("a")).status == 200)
        try scene.expectEnd(.exit(1))
        #expect(scene.lambda.calls == [.register, .next, .next, .exitError])
    }
}
