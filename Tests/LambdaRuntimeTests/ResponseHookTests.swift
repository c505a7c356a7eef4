import LambdaRuntime
import ServiceFakes
import Testing

@Suite struct ResponseHookTests {
    @Test(arguments: [true, false])
    func runsAfterTheAnswerWasAccepted(succeeds: Bool) async throws {
        let hooks = Log<String>()
        try await withFunction { event, context in
            context.afterResponse { hooks.append("hook") }
            if !succeeds { throw FunctionError(type: "Test", message: "no") }
            return event
        } _: { api in
            let path = "/invocation/id-1/\(succeeds ? "response" : "error")"
            api.reply(.park, on: path)
            try await api.expect("GET", "/invocation/next")
            api.give("1", id: "id-1")
            try await api.expect("POST", path)
            #expect(hooks.all.isEmpty)
            api.service.answerParked(.answer(202))
            #expect(try await hooks.next() == "hook")
            try await api.expect("GET", "/invocation/next")
        }
    }

    @Test func theNextEventDoesNotWaitForThem() async throws {
        let hooks = Log<String>()
        let gate = Log<Void>()
        try await withFunction { event, context in
            if event == Array("1".utf8) {
                context.afterResponse {
                    hooks.append("begins")
                    try? await gate.next()
                    hooks.append("ends")
                }
            }
            return event
        } _: { api in
            try await api.expect("GET", "/invocation/next")
            api.give("1", id: "id-1")
            try await api.expect("POST", "/invocation/id-1/response")
            try await api.expect("GET", "/invocation/next")
            #expect(try await hooks.next() == "begins")
            api.give("2", id: "id-2")
            try await api.expect("POST", "/invocation/id-2/response")
            #expect(hooks.all == ["begins"])
            gate.append(())
            #expect(try await hooks.next() == "ends")
        }
    }

    @Test func oneLeftTooLateRunsAtOnce() async throws {
        let hooks = Log<String>()
        let context = LambdaContext(requestID: "id-1")
        context.afterResponse { hooks.append("in time") }
        #expect(hooks.all.isEmpty)
        context.record.hooks.start()
        #expect(try await hooks.next() == "in time")
        context.afterResponse { hooks.append("late") }
        #expect(try await hooks.next() == "late")
        context.record.hooks.start()
        #expect(hooks.all == ["in time", "late"])
    }

    @Test func runsAlsoWhenTheAnswerWasRefused() async throws {
        let hooks = Log<String>()
        try await withFunction { event, context in
            context.afterResponse { hooks.append("hook") }
            return event
        } _: { api in
            api.reply(.answer(413), on: "/invocation/id-1/response")
            try await api.expect("GET", "/invocation/next")
            api.give("1", id: "id-1")
            #expect(try await hooks.next() == "hook")
        }
    }
}
