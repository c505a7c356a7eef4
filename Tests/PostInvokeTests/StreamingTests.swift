import CLinux
import HostProcess
import PostInvokeRuntime
import ServiceFakes
import Testing

@Suite struct StreamingTests {
    private actor Caller {
        private let thread = JobThread()
        nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

        func call(_ handler: LambdaHandler<[UInt8], [UInt8]>) async throws -> UInt {
            _ = try await handler([], LambdaContext(requestID: "a"))
            defer { thread.stop() }
            return clinux_thread()
        }
    }

    @Test func aWrappedHandlerStaysOnItsCallersThread() async throws {
        let threads = Log<UInt>()
        let postInvoke = PostInvoke(ledger: HoldLedger { _ in })
        let handler: LambdaHandler<[UInt8], [UInt8]> = postInvoke.wrap { event, _ in
            threads.append(clinux_thread())
            await Task.yield()
            threads.append(clinux_thread())
            return event
        }
        let thread = try await Caller().call(handler)
        #expect(threads.all == [thread, thread])
    }

    @Test(arguments: [false, true])
    func runsClosuresAfterTheStream(fails: Bool) async throws {
        let events = Log<String>()
        let postInvoke = PostInvoke(ledger: HoldLedger { events.append("done \($0)") })
        let handler: LambdaStreamingHandler<[UInt8]> = postInvoke.wrapStreaming { _, writer, _ in
            PostInvoke.run { events.append("closure") }
            try await writer.write("some")
            if fails { throw FunctionError(type: "Test", message: "no") }
        }
        let context = LambdaContext(requestID: "a")
        let writer = LambdaResponseWriter { events.append(String(decoding: $0, as: UTF8.self)) }
        do {
            try await handler([], writer, context)
            #expect(!fails)
        } catch {
            #expect(fails)
        }
        #expect(events.all == ["some"])
        context.record.hooks.start()
        for event in ["some", "closure", "done a"] { #expect(try await events.next() == event) }
    }
}
