import PostInvokeRuntime
import ServiceFakes
import Testing

@Suite struct StreamingTests {
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
