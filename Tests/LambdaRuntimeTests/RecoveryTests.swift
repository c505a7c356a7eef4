import LambdaRuntime
import ServiceFakes
import Testing

/// Trouble of one worker on a Managed Instance, which comes back, while the others go on.
@Suite struct RecoveryTests {
    private static let refusals: [FakeService.Reply] = [
        .answer(410, #"{"errorType":"InvokeTimeout"}"#), .answer(500, #"{"errorType":"Runtime.TooManyIdleRuntimes"}"#),
        .answer(403), .answer(503, "no JSON"), .answer(200, "{}"), .reset,
    ]

    private func serve(_ api: FakeRuntimeAPI, _ ids: some Sequence<String>) async throws {
        for id in ids {
            api.give(id, id: id)
            while try await api.service.next().path != "/2018-06-01/runtime/invocation/\(id)/response" {}
        }
    }

    @Test(arguments: 0..<6, [1, 2])
    func aFailedNextIsItsWorkersAlone(number: Int, workers: Int) async throws {
        try await withFunction(concurrency: .managed(workers: workers)) { event, _ in
            event
        } _: { api in
            for _ in 0..<workers { try await api.expect("GET", "/invocation/next") }
            for _ in 0..<3 { api.answerNext(Self.refusals[number]) }
            // Three calls that fail, and all three are made again, whichever worker's they were.
            for _ in 0..<3 { try await api.expect("GET", "/invocation/next") }
            try await serve(api, (0..<10).map { "id-\($0)" })
        }
    }

    @Test func allWorkersComeBackWhenAllConnectionsBreak() async throws {
        try await withFunction(concurrency: .managed(workers: 4)) { event, _ in
            event
        } _: { api in
            for _ in 0..<4 { try await api.expect("GET", "/invocation/next") }
            try await api.service.hangUp()
            for _ in 0..<4 { try await api.expect("GET", "/invocation/next") }
            try await serve(api, (0..<10).map { "id-\($0)" })
        }
    }

    @Test(arguments: [FakeService.Reply.answer(500, "out of order"), .reset, .answer(410), .answer(400)].indices)
    func aFailedAnswerIsItsInvocationsAlone(number: Int) async throws {
        let replies: [FakeService.Reply] = [.answer(500, "out of order"), .reset, .answer(410), .answer(400)]
        let hooks = Log<String>()
        try await withFunction(concurrency: .managed(workers: 2)) { event, context in
            context.afterResponse { hooks.append(context.requestID) }
            return event
        } _: { api in
            api.reply(replies[number], on: "/invocation/bad/response")
            for _ in 0..<2 { try await api.expect("GET", "/invocation/next") }
            api.give("", id: "bad")
            try await api.expect("POST", "/invocation/bad/response")
            #expect(try await hooks.next() == "bad", "what it left behind runs all the same")
            try await api.expect("GET", "/invocation/next")
            try await serve(api, (0..<10).map { "id-\($0)" })
            #expect(api.service.requests.count { $0.path.hasSuffix("/bad/response") } == 1, "no answer is repeated")
        }
    }

    @Test func aMissingServiceEndsTheFunctionOnce() async throws {
        let ends = Log<String>()
        try await withFunction(
            setup: { LambdaHandler { event, _ in event } }, ending: { ends.append("\($0)") },
            concurrency: .managed(workers: 8)
        ) { api in
            for _ in 0..<8 { try await api.expect("GET", "/invocation/next") }
            api.service.stop()
            #expect(try await ends.next() == "Runtime API invocation/next cannot connect: Connection refused")
        }
        #expect(ends.all.count == 1)
    }

    @Test func aServiceThatWasNeverThereEndsTheFunction() async throws {
        let ends = Log<String>()
        let api = try await FakeRuntimeAPI.start()
        api.service.stop()
        try await api.service.stopped()
        try await withFunction(
            setup: { LambdaHandler { event, _ in event } }, ending: { ends.append("\($0)") },
            concurrency: .managed(workers: 8), at: api
        ) { _ in
            let end = try await ends.next()
            #expect(end == "Runtime API invocation/next cannot connect: Connection refused")
        }
    }
}
