import LambdaAPI
import LambdaRuntime
import ServiceFakes
import Testing

@Suite struct StreamingTests {
    private struct Failure: Error, CustomStringConvertible {
        let description = "in the middle"
    }

    @Test func streamsEventAfterEventOverOneConnection() async throws {
        try await withStreaming { event, writer, _ in
            writer.contentType = "text/event-stream"
            for byte in event { try await writer.write([byte]) }
            try await writer.write("é")
            try await writer.write([])
        } _: { api in
            for number in 0..<5 {
                try await api.expect("GET", "/invocation/next")
                api.give("ab\(number)", id: "id-\(number)")
                let response = try await api.expect("POST", "/invocation/id-\(number)/response")
                #expect(response.body == "ab\(number)é")
                #expect(response.headers["Content-Type"] == "text/event-stream")
                #expect(response.headers["Lambda-Runtime-Function-Response-Mode"] == "streaming")
                #expect(response.headers["Transfer-Encoding"] == "chunked")
                #expect(
                    response.headers["Trailer"]
                        == "Lambda-Runtime-Function-Error-Type, Lambda-Runtime-Function-Error-Body")
                #expect(response.trailers.isEmpty)
                #expect(response.connection == 0)
            }
        }
    }

    @Test func aHandlerThatWritesNothingAnswersAllTheSame() async throws {
        try await withStreaming { _, _, _ in
        } _: { api in
            try await api.expect("GET", "/invocation/next")
            api.give("1", id: "id-1")
            let response = try await api.expect("POST", "/invocation/id-1/response")
            #expect(response.body.isEmpty)
            try await api.expect("GET", "/invocation/next")
        }
    }

    @Test func aFailureBeforeTheFirstByteIsReportedAsUsual() async throws {
        try await withStreaming { _, _, _ in
            throw FunctionError(type: "Early", message: "nothing yet")
        } _: { api in
            try await api.expect("GET", "/invocation/next")
            api.give("1", id: "id-1")
            let error = try await api.expect("POST", "/invocation/id-1/error")
            #expect(error.body == #"{"errorMessage":"nothing yet","errorType":"Early","stackTrace":[]}"#)
            #expect(error.headers["Lambda-Runtime-Function-Error-Type"] == "Early")
            try await api.expect("GET", "/invocation/next")
        }
    }

    @Test func aFailureMidwayEndsTheBodyWithTrailers() async throws {
        try await withStreaming { _, writer, _ in
            try await writer.write("some")
            throw Failure()
        } _: { api in
            try await api.expect("GET", "/invocation/next")
            api.give("1", id: "id-1")
            let response = try await api.expect("POST", "/invocation/id-1/response")
            #expect(response.body == "some")
            #expect(response.headers["Content-Type"] == "application/octet-stream")
            #expect(response.trailers["Lambda-Runtime-Function-Error-Type"] == "Failure")
            // {"errorMessage":"in the middle","errorType":"Failure","stackTrace":[]}
            #expect(
                response.trailers["Lambda-Runtime-Function-Error-Body"]
                    == "eyJlcnJvck1lc3NhZ2UiOiJpbiB0aGUgbWlkZGxlIiwiZXJyb3JUeXBlIjoiRmFpbHVyZSIsInN0YWNrVHJhY2UiOltdfQ=="
            )
            try await api.expect("GET", "/invocation/next")
        }
    }

    @Test func aLongMessageStillFitsIntoTrailers() async throws {
        try await withStreaming { _, writer, _ in
            try await writer.write("some")
            let long = String(repeating: "\u{1}", count: 100_000)
            throw FunctionError(type: long, message: long)
        } _: { api in
            try await api.expect("GET", "/invocation/next")
            api.give("1", id: "id-1")
            let response = try await api.expect("POST", "/invocation/id-1/response")
            #expect(response.trailers["Lambda-Runtime-Function-Error-Type"] == "Unhandled")
            #expect(response.trailers["Lambda-Runtime-Function-Error-Body"]?.isEmpty == false)
        }
    }

    @Test func runsHooksAfterTheWholeResponseWasAccepted() async throws {
        let hooks = Log<String>()
        let gate = Log<Void>()
        try await withStreaming { _, writer, context in
            context.afterResponse { hooks.append("hook") }
            try await writer.write("some")
            try await gate.next()
        } _: { api in
            api.reply(.park, on: "/invocation/id-1/response")
            try await api.expect("GET", "/invocation/next")
            api.give("1", id: "id-1")
            gate.append(())
            try await api.expect("POST", "/invocation/id-1/response")
            #expect(hooks.all.isEmpty)
            api.service.answerParked(.answer(202))
            #expect(try await hooks.next() == "hook")
            try await api.expect("GET", "/invocation/next")
        }
    }

    @Test func takesMoreThanItHolds() async throws {
        let piece = [UInt8](repeating: 0x61, count: 1 << 20)
        try await withStreaming { _, writer, _ in
            for _ in 0..<8 { try await writer.write(piece) }
        } _: { api in
            try await api.expect("GET", "/invocation/next")
            api.give("1", id: "id-1")
            #expect(try await api.expect("POST", "/invocation/id-1/response").body.utf8.count == 8 << 20)
        }
    }

    @Test func severalTasksMayWrite() async throws {
        try await withStreaming { _, writer, _ in
            try await withThrowingTaskGroup { group in
                for letter in "abcdef" {
                    group.addTask { try await writer.write(String(repeating: letter, count: 100_000)) }
                }
                try await group.waitForAll()
            }
        } _: { api in
            try await api.expect("GET", "/invocation/next")
            api.give("1", id: "id-1")
            let body = try await api.expect("POST", "/invocation/id-1/response").body
            var runs = ""
            for byte in body.utf8 where runs.utf8.last != byte { runs.unicodeScalars.append(Unicode.Scalar(byte)) }
            #expect(body.utf8.count == 600_000 && runs.sorted() == Array("abcdef"), "each piece whole")
        }
    }

    @Test func aResponseThatGrowsTooLargeEndsItsOwnInvocationOnly() async throws {
        let ends = Log<String>()
        // The fake's own limit of a body.
        let piece = [UInt8](repeating: 0x61, count: 1 << 20)
        try await withStreaming { event, writer, _ in
            do {
                for _ in 0..<(event == Array("1".utf8) ? 40 : 1) { try await writer.write(piece) }
            } catch {
                ends.append("\(error)")
                throw error
            }
        } _: { api in
            try await api.expect("GET", "/invocation/next")
            api.give("1", id: "id-1")
            #expect(try await ends.next() == "Runtime API response answered 413")
            try await api.expect("GET", "/invocation/next")
            api.give("2", id: "id-2")
            #expect(try await api.expect("POST", "/invocation/id-2/response").body.utf8.count == 1 << 20)
        }
    }

    @Test func aLostServiceEndsTheFunction() async throws {
        let begun = Log<Void>()
        let gate = Log<Void>()
        let errors = Log<String>()
        let ends = Log<String>()
        try await withStreaming(
            setup: {
                LambdaStreamingHandler { _, writer, _ in
                    try await writer.write("some")
                    begun.append(())
                    try await gate.next()
                    do {
                        while true { try await writer.write([UInt8](repeating: 0x61, count: 100_000)) }
                    } catch {
                        errors.append("\(error)")
                        throw error
                    }
                }
            }, ending: { ends.append("\($0)") }
        ) { api in
            try await api.expect("GET", "/invocation/next")
            api.give("1", id: "id-1")
            try await begun.next()
            try await api.service.hangUp()
            gate.append(())
            #expect(try await errors.next().hasPrefix("Runtime API response lost the connection"))
            #expect(try await ends.next().hasPrefix("Runtime API response lost the connection"))
        }
    }

    @Test func aWriterThatWasKeptWritesNothingMore() async throws {
        let writers = Log<LambdaResponseWriter>()
        try await withStreaming { event, writer, _ in
            writers.append(writer)
            try await writer.write(event)
        } _: { api in
            try await api.expect("GET", "/invocation/next")
            api.give("1", id: "id-1")
            try await api.expect("POST", "/invocation/id-1/response")
            try await api.expect("GET", "/invocation/next")
            let writer = try await writers.next()
            await #expect(throws: LambdaResponseWriter.Ended.self) { try await writer.write("late") }
        }
    }

    @Test func writersThatAreLeftBehindHearOfTheEnd() async throws {
        // Tasks that nobody waits for write on while the handler returns: none of their calls may hang with the next event.
        let ends = Log<Bool>()
        try await withStreaming { event, writer, _ in
            try await writer.write(event)
            for _ in 0..<4 {
                Task {
                    do {
                        while true { try await writer.write("x") }
                    } catch {
                        ends.append(error is LambdaResponseWriter.Ended)
                    }
                }
            }
        } _: { api in
            for number in 0..<20 { try await api.handOut("1", id: "id-\(number)") }
            try await api.expect("GET", "/invocation/next")
            for _ in 0..<80 { #expect(try await ends.next()) }
        }
    }

    @Test func aHandlerCanBeCalledWithAWriterOfOnesOwn() async throws {
        let pieces = Log<[UInt8]>()
        let handler = LambdaStreamingHandler<[UInt8]> { event, writer, _ in
            try await writer.write(event)
            try await writer.write([])
        }
        try await handler([1], LambdaResponseWriter { pieces.append($0) }, LambdaContext(requestID: "id-1"))
        #expect(pieces.all == [[1]])
    }

    @Test(arguments: [
        ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
        ("foobar", "Zm9vYmFy"), ("\u{FB}\u{FF}", "w7vDvw=="), ("~~~???", "fn5+Pz8/"),
    ])
    func encodesBase64(text: String, encoded: String) {
        // RFC 4648, section 10.
        var buffer = Buffer()
        text.withByteView { buffer.append(base64: $0) }
        #expect(buffer.readable.string == encoded)
    }
}

/// A streaming handler that runs against a fake Runtime API for the length of a test.
func withStreaming(
    _ handler: @escaping LambdaStreamingHandler<[UInt8]>.Body, _ test: (FakeRuntimeAPI) async throws -> Void
) async throws {
    try await withStreaming(setup: { LambdaStreamingHandler(handler) }, test)
}

func withStreaming(
    setup: @escaping @Sendable () async throws -> LambdaStreamingHandler<[UInt8]>,
    ending end: @escaping @Sendable (any Error) -> Void = { _ in },
    _ test: (FakeRuntimeAPI) async throws -> Void
) async throws {
    try await withFunction(
        serving: { service in try await LambdaRuntime.serve(service, streaming: setup) }, ending: end, test)
}
