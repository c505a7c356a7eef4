import PostInvoke
import ServiceFakes
import Testing

/// The hold without a layer, against a fake Extensions API.
@Suite struct InProcessTests {
    private func withHold(
        margin: String? = nil, maximum: String? = nil, _ test: (PostInvoke, FakeService) async throws -> Void
    ) async throws {
        let api = try await FakeExtensionsAPI.start()
        defer { api.stop() }
        var here = FunctionEnvironment()
        here.runtimeAPI = api.address
        here.deadlineMargin = margin
        here.maximumHold = maximum
        let postInvoke = try await PostInvoke.connect(mode: .inProcess, in: here)
        try await api.expect("POST", "/2020-01-01/extension/register")
        try await expectNext(api)
        try await test(postInvoke, api)
    }

    private func expectNext(_ api: FakeService) async throws {
        try await api.expect("GET", "/2020-01-01/extension/event/next")
    }

    @Test func holdsUntilTheClosuresHaveEnded() async throws {
        try await withHold { postInvoke, api in
            for number in 0..<20 {
                let asked = api.requests.count
                api.answerParked(FakeExtensionsAPI.invoke("id-\(number)"))
                let invocation = postInvoke.begin(requestID: "id-\(number)")
                await invocation.handle {
                    PostInvoke.run {
                        await Task.yield()
                        #expect(api.requests.count == asked, "nothing is asked while a closure runs")
                    }
                }
                await invocation.responseAccepted()
                try await expectNext(api)
            }
        }
    }

    @Test func isDoneBeforeTheResponseWithoutClosures() async throws {
        try await withHold { postInvoke, api in
            // The event comes after the handler has ended: its done is early.
            await postInvoke.begin(requestID: "a").handle {}
            api.answerParked(FakeExtensionsAPI.invoke("a"))
            try await expectNext(api)
        }
    }

    @Test func letsGoBeforeTheDeadline() async throws {
        try await withHold { postInvoke, api in
            _ = postInvoke.begin(requestID: "a")
            api.answerParked(FakeExtensionsAPI.invoke("a", deadline: .milliseconds(100)))
            try await expectNext(api)
        }
    }

    @Test func theVariablesOfTheLayerApply() async throws {
        try await withHold(margin: "3600000") { _, api in
            api.answerParked(FakeExtensionsAPI.invoke("a"))
            try await expectNext(api)
        }
        try await withHold(maximum: "1") { _, api in
            api.answerParked(FakeExtensionsAPI.invoke("a"))
            try await expectNext(api)
        }
    }

    @Test func anotherInvocationsDoneReleasesNothing() async throws {
        try await withHold { postInvoke, api in
            api.answerParked(FakeExtensionsAPI.invoke("a", deadline: .milliseconds(100)))
            try await expectNext(api)
            // The first one's work goes on: it keeps the second held, and its end releases that once.
            let first = postInvoke.begin(requestID: "a")
            let second = postInvoke.begin(requestID: "b")
            api.answerParked(FakeExtensionsAPI.invoke("b"))
            let asked = api.requests.count
            await second.handle {}
            #expect(api.requests.count == asked)
            await first.handle {}
            try await expectNext(api)
        }
    }

    @Test func goesOnWhenTheServiceIsGone() async throws {
        try await withHold { postInvoke, api in
            api.stop()
            try await api.stopped()
            let invocation = postInvoke.begin(requestID: "a")
            await invocation.handle { PostInvoke.run {} }
            await invocation.responseAccepted()
        }
    }
}
