import LambdaAPI
import LambdaRuntime
import ServiceFakes
import Testing

/// `Lambda-Runtime-Invocation-Id`: what `next` brings goes back with the answer, and nothing where it brings none.
@Suite struct InvocationIDTests {
    private static let name = "Lambda-Runtime-Invocation-Id"
    /// The value that `next` brings, and the one that goes back.
    private static let values: [(brought: String?, given: String?)] = [
        (nil, nil), ("nonce-1", "nonce-1"), ("", nil), ("a b/é:\"", "a b/é:\""),
        (String(repeating: "n", count: 300), String(repeating: "n", count: 300)),
    ]

    private func give(_ value: String?, _ payload: String, _ api: FakeRuntimeAPI) {
        var fields: [(StaticString, String)] = []
        if let value { fields.append(("Lambda-Runtime-Invocation-Id", value)) }
        api.give(payload, id: "id-1", fields: fields)
    }

    @Test func goesBackWithResponseAndError() async throws {
        try await withFunction { event, _ in
            if event == Array("throw".utf8) { throw FunctionError(type: "Test", message: "no") }
            return event
        } _: { api in
            for (brought, given) in Self.values {
                try await api.expect("GET", "/invocation/next")
                give(brought, "1", api)
                #expect(try await api.expect("POST", "/invocation/id-1/response").headers[Self.name] == given)
                try await api.expect("GET", "/invocation/next")
                give(brought, "throw", api)
                #expect(try await api.expect("POST", "/invocation/id-1/error").headers[Self.name] == given)
            }
        }
    }

    @Test func goesBackWithAStream() async throws {
        let life: @Sendable (RuntimeService) async throws -> Void = { service in
            try await LambdaRuntime.serve(
                service,
                streaming: {
                    LambdaStreamingHandler { event, writer, _ in
                        if event != Array("early".utf8) { try await writer.write("some") }
                        if event != Array("1".utf8) { throw FunctionError(type: "Test", message: "no") }
                    }
                })
        }
        try await withFunction(serving: life) { api in
            for (brought, given) in Self.values {
                for (payload, verb) in [("1", "response"), ("late", "response"), ("early", "error")] {
                    try await api.expect("GET", "/invocation/next")
                    give(brought, payload, api)
                    #expect(try await api.expect("POST", "/invocation/id-1/\(verb)").headers[Self.name] == given)
                }
            }
        }
    }

    @Test func aWriterKeptFromAnEventWithTheSameIDReachesNobody() async throws {
        let (writers, gate) = (Log<LambdaResponseWriter>(), Log<Void>())
        let life: @Sendable (RuntimeService) async throws -> Void = { service in
            try await LambdaRuntime.serve(
                service,
                streaming: {
                    LambdaStreamingHandler { event, writer, _ in
                        writers.append(writer)
                        if event == Array("2".utf8) { try await gate.next() }
                        try await writer.write(event)
                    }
                })
        }
        try await withFunction(serving: life) { api in
            try await api.expect("GET", "/invocation/next")
            give("nonce-1", "1", api)
            try await api.expect("POST", "/invocation/id-1/response")
            let old = try await writers.next()
            try await api.expect("GET", "/invocation/next")
            // Lambda gives the event again, under its id.
            give("nonce-2", "2", api)
            _ = try await writers.next()
            await #expect(throws: LambdaResponseWriter.Ended.self) { try await old.write("late") }
            gate.append(())
            #expect(try await api.expect("POST", "/invocation/id-1/response").body == "2")
        }
    }
}
