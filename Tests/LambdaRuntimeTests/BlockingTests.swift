import CLinux
import HostProcess
import LambdaAPI
import LambdaRuntime
import ServiceFakes
import Testing

@Suite struct BlockingTests {
    private struct Refused: Error { let reason = "no" }

    /// Runs a handler on a thread of its own until the service ends.
    private func withFunction(
        _ handler: @escaping @Sendable ([UInt8], LambdaContext) throws -> [UInt8],
        _ test: (FakeRuntimeAPI) async throws -> Void
    ) async throws {
        let api = try await FakeRuntimeAPI.start()
        let endpoint = try LambdaEndpoint(parsing: api.service.address)
        let ends = Log<String>()
        Thread.start {
            do { try LambdaRuntime.serveBlocking(endpoint, handler) } catch { ends.append("\(error)") }
        }
        try await api.run(test)
        #expect(try await ends.next().hasPrefix("Runtime API invocation/next "))
    }

    @Test func handlesEventAfterEventOnOneThread() async throws {
        let threads = Log<UInt>()
        try await withFunction { event, context in
            threads.append(clinux_thread())
            return [UInt8](context.requestID.utf8) + event.reversed()
        } _: { api in
            for number in 0..<20 {
                try await api.expect("GET", "/invocation/next")
                api.give("abc", id: "id-\(number)")
                let response = try await api.expect("POST", "/invocation/id-\(number)/response")
                #expect(response.body == "id-\(number)cba")
            }
            try await api.expect("GET", "/invocation/next")
            #expect(Set(threads.all).count == 1)
        }
    }

    @Test func reportsAnErrorAndGoesOn() async throws {
        try await withFunction { event, _ in
            if event.isEmpty { throw Refused() }
            return event
        } _: { api in
            try await api.expect("GET", "/invocation/next")
            api.give("", id: "id-1")
            let report = try await api.expect("POST", "/invocation/id-1/error")
            #expect(report.headers["Lambda-Runtime-Function-Error-Type"] == "Refused")
            try await api.expect("GET", "/invocation/next")
            api.give("x", id: "id-2")
            try await api.expect("POST", "/invocation/id-2/response")
        }
    }

    @Test func aRefusedResponseConcernsOneInvocationOnly() async throws {
        try await withFunction { event, _ in
            event
        } _: { api in
            try await api.expect("GET", "/invocation/next")
            api.reply(.answer(413, #"{"errorType":"RequestEntityTooLarge"}"#), on: "/invocation/id-1/response")
            api.give("x", id: "id-1")
            try await api.expect("POST", "/invocation/id-1/response")
            try await api.expect("GET", "/invocation/next")
        }
    }

    @Test func workForAfterTheResponseStartsThen() async throws {
        let events = Log<String>()
        try await withFunction { event, context in
            context.afterResponse { events.append("after") }
            return event
        } _: { api in
            try await api.expect("GET", "/invocation/next")
            api.reply(.park, on: "/invocation/id-1/response")
            api.give("x", id: "id-1")
            try await api.expect("POST", "/invocation/id-1/response")
            #expect(events.all.isEmpty)
            api.service.answerParked(.answer(202))
            #expect(try await events.next() == "after")
            try await api.expect("GET", "/invocation/next")
        }
    }
}
