import CLinux
import HostProcess
import LambdaAPI
import PostInvokeRuntime
import ServiceFakes
import TestSupport
import Testing

/// The form without tasks, with the Runtime API and the extension as fakes.
@Suite struct BlockingTests {
    private struct Refused: Error {}

    private func environment(_ api: FakeService? = nil, _ layer: FakeService? = nil) -> FunctionEnvironment {
        var environment = FunctionEnvironment()
        environment.runtimeAPI = api?.address
        environment.address = layer?.address ?? "unix:/nobody/here"
        environment.sessionTimeout = patience
        return environment
    }

    /// Runs a function on a thread of its own, which ends with the service.
    private func withFunction(
        _ layer: FakeService?, runOnError: Bool = true,
        _ body: @escaping @Sendable ([UInt8], LambdaContext) throws -> [UInt8],
        _ test: (FakeRuntimeAPI) async throws -> Void
    ) async throws {
        let api = try await FakeRuntimeAPI.start()
        let endpoint = try api.service.address.withByteView { try LambdaEndpoint(parsing: $0) }
        let postInvoke = try PostInvoke.connectBlocking(mode: .automatic, in: environment(api.service, layer))
        #expect(postInvoke.mode == (layer == nil ? .inProcess : .layer))
        let ended = Log<String>()
        Thread.start {
            do { try LambdaRuntime.serveBlocking(endpoint, postInvoke.wrap(runOnError: runOnError, body)) } catch {}
            ended.append("ended")
        }
        try await api.run(test)
        _ = try await ended.next()
    }

    @Test(arguments: [false, true])
    func closuresRunOnTheThreadTheLastOneFirst(withLayer: Bool) async throws {
        let layer = withLayer ? try await FakeExtension.start() : nil
        defer { layer?.stop() }
        let events = Log<String>()
        let threads = Log<UInt>()
        try await withFunction(layer) { event, context in
            threads.append(clinux_thread())
            PostInvoke.run {
                threads.append(clinux_thread())
                events.append("first of \(PostInvoke.current!.requestID)")
            }
            PostInvoke.run {
                events.append("second")
                PostInvoke.run { events.append("from a closure") }
            }
            PostInvoke.run { throw Refused() }
            // One that suspends has a thread of the executor's.
            PostInvoke.run {
                await Task.yield()
                events.append("suspending")
            }
            return event
        } _: { api in
            if let layer { try await layer.expect("GET", "/check") }
            for number in 1...2 {
                try await api.handOut("x", id: "id-\(number)")
                for event in ["suspending", "second", "from a closure", "first of id-\(number)"] {
                    #expect(try await events.next() == event)
                }
                if let layer {
                    let done = try await layer.expect("POST", "/done")
                    #expect(done.headers["Lambda-Runtime-Aws-Request-Id"] == "id-\(number)")
                }
            }
            try await api.expect("GET", "/invocation/next")
            #expect(events.all.count == 8)
            #expect(threads.all.count == 4 && Set(threads.all).count == 1)
        }
    }

    @Test func withoutClosuresTheHoldEndsWithTheResponse() async throws {
        let layer = try await FakeExtension.start()
        defer { layer.stop() }
        try await withFunction(layer) { event, _ in
            event
        } _: { api in
            try await layer.expect("GET", "/check")
            try await api.handOut("x", id: "id-1")
            try await layer.expect("POST", "/done")
            try await api.handOut("x", id: "id-2")
            try await layer.expect("POST", "/done")
        }
    }

    @Test(arguments: [false, true])
    func closuresOfAHandlerThatThrowsRunIfTheyMay(runOnError: Bool) async throws {
        let events = Log<String>()
        try await withFunction(nil, runOnError: runOnError) { _, _ in
            PostInvoke.run { events.append("closure") }
            throw Refused()
        } _: { api in
            try await api.handOut("x", id: "id-1", call: "error")
            try await api.expect("GET", "/invocation/next")
            #expect(events.all == (runOnError ? ["closure"] : []))
        }
    }

    @Test func endsAreObserved() async throws {
        let events = Log<String>()
        let postInvoke = try PostInvoke.connectBlocking(mode: .local, in: environment())
        #expect(postInvoke.mode == .local)
        postInvoke.observe {
            guard case .closureEnded(let closure) = $0 else { return }
            switch closure.outcome {
            case .returned: events.append("\(closure.requestID) returned")
            case .threw(let error): events.append("\(closure.requestID) threw \(error)")
            case .cancelled: events.append("\(closure.requestID) was cancelled")
            }
        }
        let handler = postInvoke.wrap { event, _ in
            PostInvoke.run { throw CancellationError() }
            PostInvoke.run { throw Refused() }
            PostInvoke.run {}
            return event
        }
        let context = LambdaContext(requestID: "a")
        _ = try handler([], context)
        context.record.hooks.start()
        #expect(events.all == ["a returned", "a threw Refused()", "a was cancelled"])
        #expect(PostInvoke.current == nil)
    }

    @Test func theModeIsHadOrThereIsAReason() async throws {
        let api = try await FakeExtensionsAPI.start()
        defer { api.stop() }
        var here = environment(api)
        #expect(try PostInvoke.connectBlocking(mode: .inProcess, in: here).mode == .inProcess)
        #expect(throws: PostInvokeError.unreachable(address: "unix:/nobody/here")) {
            try PostInvoke.connectBlocking(mode: .layer, in: here)
        }
        #expect(throws: PostInvokeError.self) { try PostInvoke.connectBlocking(mode: .managed, in: here) }
        here.initializationType = "lambda-managed-instances"
        for mode in [PostInvoke.ModeChoice.automatic, .layer, .inProcess, .managed] {
            #expect(try PostInvoke.connectBlocking(mode: mode, in: here).mode == .managed)
        }
        #expect(try PostInvoke.connectBlocking(mode: .automatic, in: environment()).mode == .local)
        // No extension of the process's own.
        #expect(api.requests.isEmpty)
    }

    /// A closure that awaits nothing can be cancelled all the same.
    @Test func aClosureThatAwaitsNothingIsCancelledInATask() async throws {
        let events = Log<String>()
        let postInvoke = PostInvoke(ledger: HoldLedger())
        let deadline = millisecondsFromNow(PostInvoke.deadlineMargin + .milliseconds(50))
        let invocation = postInvoke.begin(requestID: "a", deadline: deadline)
        await invocation.handle {
            PostInvoke.run {
                while !Task.isCancelled { sched_yield() }
                events.append("cancelled")
            }
        }
        await invocation.responseAccepted()
        #expect(events.all == ["cancelled"])
    }
}
