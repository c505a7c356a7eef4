import HostProcess
import LambdaAPI
import LambdaRuntime
import ServiceFakes
import TestSupport
import Testing

/// The end that a termination asks for, without the signal.
@Suite struct DrainTests {
    /// Runs a termination on a thread of its own and reports its steps.
    private func terminate(_ termination: Termination, _ events: Log<String>) {
        termination.patience = patience
        termination.atLast { events.append("last") }
        Thread.start {
            termination.run { events.append($0) }
            events.append("exit")
        }
    }

    @Test(arguments: [1, 3])
    func whatRunsEndsAndNobodyAsksAgain(workers: Int) async throws {
        let (termination, events, gate, hookGate) = (Termination(), Log<String>(), Log<Void>(), Log<Void>())
        let asked = Log<Void>()
        try await withFunction(
            setup: {
                LambdaHandler { event, context in
                    context.afterResponse {
                        events.append("hook begins")
                        try? await hookGate.next()
                        events.append("hook ends")
                    }
                    events.append("handler")
                    try await gate.next()
                    return event
                }
            }, ending: { events.append("\($0)") }, concurrency: .managed(workers: workers), termination: termination
        ) { api in
            for _ in 0..<workers { try await api.expect("GET", "/invocation/next") }
            api.give("1", id: "id-1")
            #expect(try await events.next() == "handler")
            // Registered behind the runtime's own wish to hear: once this one has, no worker asks again.
            termination.whenAsked { asked.append(()) }
            terminate(termination, events)
            try await asked.next()
            // The idle ones let go at once.
            for _ in 1..<workers { _ = try await api.service.disconnections.next() }
            gate.append(())
            try await api.expect("POST", "/invocation/id-1/response")
            #expect(try await events.next() == "hook begins")
            _ = try await api.service.disconnections.next()
            #expect(events.all == ["handler", "hook begins"])
            hookGate.append(())
            for line in ["hook ends", "last", "exit"] { #expect(try await events.next() == line) }
            #expect(api.service.requests.count == workers + 1, "nobody asks again")
        }
    }

    @Test func anIdleFunctionEndsAtOnce() async throws {
        let (termination, events) = (Termination(), Log<String>())
        try await withFunction(
            setup: { LambdaHandler { event, _ in event } }, concurrency: .managed(workers: 4),
            termination: termination
        ) { api in
            for _ in 0..<4 { try await api.expect("GET", "/invocation/next") }
            terminate(termination, events)
            for line in ["last", "exit"] { #expect(try await events.next() == line) }
            for _ in 0..<4 { _ = try await api.service.disconnections.next() }
        }
    }

    @Test func aWorkerThatPausesDoesNotComeBack() async throws {
        let (termination, events) = (Termination(), Log<String>())
        try await withFunction(
            setup: { LambdaHandler { event, _ in event } }, concurrency: .managed(workers: 2),
            termination: termination
        ) { api in
            api.reply(.answer(500), on: "/invocation/next")
            for _ in 0..<2 { try await api.expect("GET", "/invocation/next") }
            terminate(termination, events)
            for line in ["last", "exit"] { #expect(try await events.next() == line) }
        }
    }

    @Test func aHandlerThatTakesTooLongIsLeftBehind() async throws {
        let (termination, events, gate) = (Termination(), Log<String>(), Log<Void>())
        try await withFunction(
            setup: {
                LambdaHandler { event, _ in
                    events.append("handler")
                    try await gate.next()
                    return event
                }
            }, concurrency: .managed(workers: 2), termination: termination
        ) { api in
            for _ in 0..<2 { try await api.expect("GET", "/invocation/next") }
            api.give("1", id: "id-1")
            #expect(try await events.next() == "handler")
            termination.patience = .milliseconds(1)
            termination.run { events.append($0) }
            #expect(try await events.next().contains("took longer than"))
            gate.append(())
            try await api.expect("POST", "/invocation/id-1/response")
        }
    }

    @Test func aBlockingFunctionEndsLikewise() async throws {
        for isBusy in [true, false] {
            let (termination, events, gate) = (Termination(), Log<String>(), Log<Void>())
            let asked = Handover<Void>()
            let api = try await FakeRuntimeAPI.start()
            let endpoint = try LambdaEndpoint(parsing: api.service.address)
            Thread.start {
                do {
                    try LambdaRuntime.serveBlocking(endpoint, termination: termination) { event, context in
                        events.append("handler")
                        // Behind the runtime's own wish to hear, which keeps it from asking again.
                        termination.whenAsked { asked.put(()) }
                        gate.append(())
                        _ = asked.take(within: nil)
                        return event
                    }
                } catch {
                    events.append("\(error)")
                }
            }
            try await api.expect("GET", "/invocation/next")
            if isBusy {
                api.give("1", id: "id-1")
                try await gate.next()
                #expect(try await events.next() == "handler")
            }
            terminate(termination, events)
            if isBusy { try await api.expect("POST", "/invocation/id-1/response") }
            for line in ["last", "exit"] { #expect(try await events.next() == line) }
            #expect(api.service.requests.count == (isBusy ? 2 : 1))
            api.service.stop()
        }
    }
}
