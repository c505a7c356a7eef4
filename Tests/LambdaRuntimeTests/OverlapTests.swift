import CLinux
import HostProcess
import LambdaRuntime
import ServiceFakes
import Synchronization
import TestSupport
import Testing

/// Several events at a time, as on Managed Instances.
@Suite struct OverlapTests {
    private struct Refused: Error { let reason = "no" }

    /// Waits for so many `next`, one over each connection.
    private func expectNexts(_ count: Int, _ api: FakeRuntimeAPI) async throws {
        var connections = Set<Int>()
        for _ in 0..<count { connections.insert(try await api.expect("GET", "/invocation/next").connection) }
        #expect(connections.count == count)
    }

    @Test(arguments: [2, 8])
    func asManyAsThereAreWorkersAreHandledAtOnce(workers: Int) async throws {
        let barrier = Barrier(workers)
        try await withFunction(concurrency: .managed(workers: workers)) { event, context in
            await barrier.wait()
            return [UInt8](context.requestID.utf8) + event
        } _: { api in
            try await expectNexts(workers, api)
            for round in 0..<5 {
                for number in 0..<workers { api.give("e\(number)", id: "id-\(round)-\(number)") }
                var (answers, asked) = (Set<String>(), Set<Int>())
                for _ in 0..<2 * workers {
                    let request = try await api.service.next()
                    if request.method == "GET" {
                        asked.insert(request.connection)
                    } else {
                        let parts = request.path.split(separator: "/").suffix(2).joined(separator: " ")
                        answers.insert("\(parts) \(request.body)")
                    }
                }
                #expect(asked.count == workers)
                #expect(
                    answers
                        == Set((0..<workers).map { "id-\(round)-\($0) response id-\(round)-\($0)e\($0)" }))
            }
        }
    }

    @Test func noMoreThanThatAreAskedFor() async throws {
        let gates = Log<Void>()
        try await withFunction(concurrency: .managed(workers: 2)) { event, _ in
            if event == Array("slow".utf8) { try await gates.next() }
            return event
        } _: { api in
            try await expectNexts(2, api)
            api.give("slow", id: "id-slow")
            // The other worker alone goes on.
            for number in 0..<10 {
                api.give("", id: "id-\(number)")
                try await api.expect("POST", "/invocation/id-\(number)/response")
                try await api.expect("GET", "/invocation/next")
            }
            gates.append(())
            try await api.expect("POST", "/invocation/id-slow/response")
            try await api.expect("GET", "/invocation/next")
        }
    }

    @Test func anErrorIsItsOwnInvocationsAlone() async throws {
        let barrier = Barrier(3)
        try await withFunction(concurrency: .managed(workers: 3)) { event, _ in
            await barrier.wait()
            if event == Array("1".utf8) { throw Refused() }
            return event
        } _: { api in
            try await expectNexts(3, api)
            for number in 0..<3 { api.give("\(number)", id: "id-\(number)") }
            var paths = Set<String>()
            for _ in 0..<6 { paths.insert(try await api.service.next().path) }
            #expect(
                paths
                    == Set(
                        ["0/response", "1/error", "2/response"].map { "/2018-06-01/runtime/invocation/id-\($0)" }
                            + ["/2018-06-01/runtime/invocation/next"]))
        }
    }

    @Test func streamsAreNeverMixed() async throws {
        let barrier = Barrier(4)
        try await withFunction(
            serving: { service in
                try await LambdaRuntime.serve(
                    service,
                    streaming: {
                        LambdaStreamingHandler { event, writer, context in
                            writer.contentType = "text/\(context.requestID)"
                            for _ in 0..<200 {
                                await barrier.wait()
                                try await writer.write([UInt8](repeating: event[0], count: 1_000))
                            }
                            if event[0] == UInt8(ascii: "c") { throw Refused() }
                        }
                    })
            }, concurrency: .managed(workers: 4)
        ) { api in
            try await expectNexts(4, api)
            for letter in ["a", "b", "c", "d"] {
                api.give(letter, id: "id-\(letter)", fields: [("Lambda-Runtime-Invocation-Id", "nonce-\(letter)")])
            }
            for _ in 0..<4 {
                var response = try await api.service.next()
                while response.method == "GET" { response = try await api.service.next() }
                let letter = response.body.first.map(String.init) ?? ""
                #expect(response.path == "/2018-06-01/runtime/invocation/id-\(letter)/response")
                #expect(response.body == String(repeating: letter, count: 200_000))
                #expect(response.headers["Content-Type"] == "text/id-\(letter)")
                #expect(response.headers["Lambda-Runtime-Invocation-Id"] == "nonce-\(letter)")
                #expect(response.trailers["Lambda-Runtime-Function-Error-Type"] == (letter == "c" ? "Refused" : nil))
            }
        }
    }

    @Test func anActorsHandlerSerializesItselfAndNothingElse() async throws {
        actor Till {
            private var isBusy = false
            let entered = Log<Void>()
            let gate: Gate
            init(_ gate: Gate) { self.gate = gate }

            /// Blocks its thread, so that nothing else can get into the actor.
            func count(_ event: [UInt8]) -> [UInt8] {
                #expect(!isBusy, "two are in the actor")
                isBusy = true
                entered.append(())
                gate.wait()
                isBusy = false
                return event
            }
        }
        let gate = Gate()
        let till = Till(gate)
        try await withFunction(concurrency: .managed(workers: 3)) { event, _ in
            event == Array("free".utf8) ? event : await till.count(event)
        } _: { api in
            try await expectNexts(3, api)
            api.give("first", id: "id-1")
            try await till.entered.next()
            api.give("second", id: "id-2")
            for number in 3..<8 {
                api.give("free", id: "id-\(number)")
                try await api.expect("POST", "/invocation/id-\(number)/response")
                try await api.expect("GET", "/invocation/next")
            }
            #expect(till.entered.all.count == 1, "the second waits for the first")
            gate.open()
            try await api.expect("POST", "/invocation/id-1/response")
        }
    }

    @Test func theTraceIsInTheContextAlone() async throws {
        // Other tests put traces of theirs into the environment, there is only one.
        try await withFunction(concurrency: .managed(workers: 2)) { _, context in
            let variable = getenv("_X_AMZN_TRACE_ID").map { String(cString: $0) }
            return [UInt8]("\(context.traceID ?? "none") \(variable == context.traceID)".utf8)
        } _: { api in
            try await expectNexts(2, api)
            api.give("", id: "id-1", fields: [("Lambda-Runtime-Trace-Id", "Root=1-overlap")])
            #expect(try await api.expect("POST", "/invocation/id-1/response").body == "Root=1-overlap false")
        }
    }

    /// 64 workers, thousands of events whose handlers throw at random, hooks that take their time: every event is answered
    /// once, with its own answer, and every hook runs once.
    @Test func nothingIsLostOrMixedInACrowd() async throws {
        let (workers, events) = (64, 4_000)
        let hooks = Log<String>()
        let fails: @Sendable (String) -> Bool = { id in id.utf8.reduce(7) { ($0 &* 31 &+ Int($1)) % 1_009 } % 4 == 0 }
        try await withFunction(concurrency: .managed(workers: workers)) { event, context in
            context.afterResponse {
                await Task.yield()
                hooks.append(context.requestID)
            }
            for _ in 0..<(event.count % 3) { await Task.yield() }
            if fails(context.requestID) { throw FunctionError(type: "Drawn", message: context.requestID) }
            return [UInt8]("\(context.requestID) ".utf8) + event
        } _: { api in
            for number in 0..<events {
                api.give(
                    "event \(number)", id: "id-\(number)", fields: [("Lambda-Runtime-Invocation-Id", "n-\(number)")])
            }
            var answered = Set<String>()
            var (asked, connections) = (0, Set<Int>())
            while answered.count < events || asked < events + workers {
                let request = try await api.service.next()
                if request.method == "GET" {
                    asked += 1
                    connections.insert(request.connection)
                    continue
                }
                let parts = request.path.split(separator: "/").map(String.init)
                let (id, verb) = (parts[3], parts[4])
                #expect(answered.insert(id).inserted, "answered once")
                #expect(verb == (fails(id) ? "error" : "response"))
                #expect(request.headers["Lambda-Runtime-Invocation-Id"] == id.replacing("id-", with: "n-"))
                #expect(
                    verb == "error"
                        ? request.body.contains("\"\(id)\"") : request.body == "\(id) event \(id.dropFirst(3))")
            }
            #expect(connections.count == workers)
            for _ in 0..<events { _ = try await hooks.next() }
            #expect(Set(hooks.all).count == events && hooks.all.count == events)
        }
    }
}

/// Lets nobody on until so many are there, again and again.
private final class Barrier: Sendable {
    private let size: Int
    private let waiting = Mutex<[CheckedContinuation<Void, Never>]>([])

    init(_ size: Int) { self.size = size }

    func wait() async {
        await withCheckedContinuation { continuation in
            let all = waiting.withLock { waiting in
                waiting.append(continuation)
                guard waiting.count == size else { return [CheckedContinuation<Void, Never>]() }
                defer { waiting = [] }
                return waiting
            }
            for one in all { one.resume() }
        }
    }
}

/// Blocks threads until it is opened.
private final class Gate: Sendable {
    private let descriptor = eventfd(0, clinux_eventfd_flags)
    deinit { close(descriptor) }
    func wait() { #expect(BlockingPoll.wait(descriptor, for: .read, timeout: patience)) }
    func open() {
        var one: UInt64 = 1
        _ = write(descriptor, &one, 8)
    }
}
