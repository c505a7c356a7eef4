import ReactorHTTP
import TestSupport
import Testing

/// Once buffers and tables have their size, an exchange allocates nothing at either end. A debug build is not held to
/// it.
@Suite struct SteadyStateTests {
    private func expectNone(
        in body: () throws(Errno) -> Void, sourceLocation: SourceLocation = #_sourceLocation
    ) throws(Errno) {
        let allocations = try countAllocations(body)
        #if !DEBUG
        if let allocations { #expect(allocations == 0, sourceLocation: sourceLocation) }
        #endif
    }

    /// A server and a client on one loop; the handler and the completion allocate nothing themselves.
    private final class Exchange {
        let loop: EventLoop
        let server: HTTPServer
        let client: HTTPClient
        private(set) var answers = 0
        private lazy var completion: HTTPClient.Completion = { [unowned self] result in
            if case .success(let response) = result, response.status == 200, response.body == "ok" { answers += 1 }
        }

        init(handler: @escaping (HTTPRequest, HTTPResponder) -> Void) throws {
            loop = try EventLoop()
            server = HTTPServer(loop: loop, handler: handler)
            let listener = try Socket.listen(on: .loopback(port: 0))
            let address = try #require(try listener.localAddress())
            try server.serve(listener)
            client = HTTPClient(loop: loop, address: address, host: "localhost")
            _ = completion
        }

        /// Sends a request and runs the loop until it is answered.
        func exchange(_ method: StaticString, body: ByteView = .empty, timeout: Duration? = nil) throws(Errno) {
            let wanted = answers + 1
            let deadline = Instant.now + patience
            client.send(method, "/target?q=1", body: body, timeout: timeout, completion: completion)
            while answers < wanted {
                try loop.runOnce(until: deadline)
                if Instant.now > deadline { throw .timedOut }
            }
        }
    }

    @Test(arguments: [false, true])
    func anExchangeAllocatesNothing(withTimeout: Bool) throws {
        let pair = try Exchange { request, responder in
            guard request.path == "/target", request.field("Host") != nil else { return }
            responder.respond(200, body: "ok") { $0.appendField("X", "y") }
        }
        let body = [UInt8](repeating: 0x61, count: 3_000)
        let timeout: Duration? = withTimeout ? patience : nil
        func round() throws(Errno) {
            try pair.exchange("GET", timeout: timeout)
            try body.withByteView { (bytes) throws(Errno) in try pair.exchange("POST", body: bytes, timeout: timeout) }
        }
        for _ in 0..<20 { try round() }
        try expectNone { () throws(Errno) in for _ in 0..<1_000 { try round() } }
        #expect(pair.server.connectionCount == 1)
    }

    /// As a long poll does: the responder is kept, and the answer given from a timer.
    @Test func anAnswerGivenLaterAllocatesNothing() throws {
        var held: HTTPResponder?
        var timer: EventLoop.Timer?
        let pair = try Exchange { _, responder in
            held = responder
            timer?.arm(after: .microseconds(100))
        }
        timer = pair.loop.makeTimer {
            held?.respond(200, body: "ok")
            held = nil
        }
        func round() throws(Errno) { try pair.exchange("GET") }
        for _ in 0..<20 { try round() }
        try expectNone { () throws(Errno) in for _ in 0..<200 { try round() } }
    }

    /// A hundred requests in one write, read and answered by one end that keeps its memory.
    @Test func pipelinedRequestsAllocateNothing() throws {
        let loop = try EventLoop()
        var served = 0
        let server = HTTPServer(loop: loop) { _, responder in
            served += 1
            responder.respond(200, body: "ok")
        }
        let listener = try Socket.listen(on: .loopback(port: 0))
        let address = try #require(try listener.localAddress())
        try server.serve(listener)
        let socket = try Socket.connect(to: address)
        while server.connectionCount == 0 { try loop.runOnce() }

        let requests = Array(String(repeating: get("/"), count: 100).utf8)
        let expected = 100 * answer("ok").utf8.count
        let room = UnsafeMutableRawBufferPointer.allocate(byteCount: 65_536, alignment: 1)
        defer { room.deallocate() }
        func round() throws(Errno) {
            served = 0
            _ = try requests.withByteView { (bytes) throws(Errno) in try socket.write(bytes) }
            let deadline = Instant.now + patience
            while served < 100 {
                try loop.runOnce(until: deadline)
                if Instant.now > deadline { throw .timedOut }
            }
            // Not until there is no more: Swift Testing watches every throw, also of an error that is caught, and that
            // allocates.
            var received = 0
            while received < expected, case .bytes(let count) = try socket.read(into: room) { received += count }
        }
        for _ in 0..<20 { try round() }
        try expectNone { () throws(Errno) in for _ in 0..<200 { try round() } }
    }
}
