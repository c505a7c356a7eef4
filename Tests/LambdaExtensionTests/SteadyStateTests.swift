import LambdaExtension
import TestSupport
import Testing

/// An extension's cycle of event and Next allocates nothing, nor does the server that plays the service.
@Suite struct SteadyStateTests {
    @Test func cyclesAllocateNothing() throws {
        let loop = try EventLoop()
        let event: StaticString = """
            {"eventType":"INVOKE","deadlineMs":1700000003000,"requestId":"8476a536-e9f4-11e8-9739-2dfe598c3fcd",\
            "invokedFunctionArn":"arn:aws:lambda:eu-west-1:123456789012:function:f",\
            "tracing":{"type":"X-Amzn-Trace-Id","value":"Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Sampled=1"}}
            """
        let server = HTTPServer(loop: loop) { request, responder in
            responder.respond(200, body: request.method == "POST" ? "{}" : ByteView(event)) { head in
                head.appendField("Lambda-Extension-Identifier", "id-1")
            }
        }
        let listener = try Socket.listen(on: .loopback(port: 0))
        let address = try #require(try listener.localAddress())
        try server.serve(listener)
        let endpoint = try address.description.withByteView { text throws(SettingError) in
            try LambdaEndpoint(parsing: text)
        }

        let client = ExtensionClient(loop: loop, endpoint: endpoint)
        var cycles = 0
        var failures = 0
        var ask: (Result<ExtensionEventView, ExtensionError>) -> Void = { _ in }
        ask = { result in
            if case .success(.invoke(let event)) = result, event.requestID.raw.count == 36 {
                cycles += 1
            } else {
                failures += 1
            }
            client.next(ask)
        }
        client.register(name: "postinvoke", for: .invoke) { _ in client.next(ask) }
        try loop.runRounds { cycles >= 100 }

        let deadline = Instant.now + patience
        let start = cycles
        let allocations = try countAllocations { () throws(Errno) in
            while cycles < start + 10_000, Instant.now < deadline { try loop.runOnce(until: deadline) }
        }
        ask = { _ in }
        #expect(cycles >= start + 10_000)
        #expect(failures == 0)
        #if !DEBUG
        if let allocations { #expect(allocations == 0) }
        #else
        _ = allocations
        #endif
        extendLifetime(server)
    }
}
