import CLinux
import LambdaAPI
import TestSupport
import Testing

@Suite struct LambdaMetadataTests {
    /// The metadata endpoint, as it answers in Lambda unless a test says otherwise, and a client.
    private final class Scene {
        let loop: EventLoop
        let client: LambdaMetadataClient
        private let server: HTTPServer
        private(set) var requests: [String] = []
        /// Answers by status, body and `Cache-Control`, the last one for good; none for a request that is never answered.
        var answers: [(Int, String, String)?]
        private var silent: [HTTPResponder] = []

        init(_ answers: [(Int, String, String)?], timeout: Duration = patience) throws {
            self.answers = answers
            loop = try EventLoop()
            let listener = try Socket.listen(on: .loopback(port: 0))
            let address = try #require(try listener.localAddress()).description
            let endpoint = try address.withByteView { (address) throws(LambdaMetadataError) in
                try LambdaMetadataEndpoint(parsing: address, token: "secret")
            }
            client = LambdaMetadataClient(loop: loop, endpoint: endpoint, timeout: timeout)
            var handle: (HTTPRequest, HTTPResponder) -> Void = { _, _ in }
            server = HTTPServer(loop: loop) { handle($0, $1) }
            handle = { [unowned self] in answer($0, $1) }
            try server.serve(listener)
        }

        private func answer(_ request: HTTPRequest, _ responder: HTTPResponder) {
            let authorization = request.field("Authorization")?.string ?? "-"
            requests.append("\(request.method.string) \(request.target.string) \(authorization)")
            guard let (status, body, cacheControl) = answers.count > 1 ? answers.removeFirst() : answers[0] else {
                return silent.append(responder)
            }
            body.withByteView { body in
                responder.respond(status, body: body) { head in
                    if !cacheControl.isEmpty { cacheControl.withByteView { head.appendField("Cache-Control", $0) } }
                }
            }
        }

        func stop() {
            client.close()
            server.close()
        }

        /// Asks and waits for the outcome in words.
        func outcome() throws -> String {
            var outcome: String?
            client.metadata { outcome = words($0) }
            #expect(outcome == nil, "completed inside the call")
            try run { outcome != nil }
            return outcome ?? ""
        }

        func run(until condition: () -> Bool) throws {
            let deadline = Instant.now + patience
            while !condition() {
                try #require(.now < deadline, "waited in vain")
                try loop.runOnce(until: deadline)
            }
        }
    }

    private static let answer = (200, #"{"AvailabilityZoneID":"use1-az1"}"#, "private, max-age=43200, immutable")

    @Test func asksAsTheDocumentationSaysAndOnce() throws {
        let scene = try Scene([Self.answer])
        defer { scene.stop() }
        #expect(try scene.outcome() == "use1-az1")
        #expect(try scene.outcome() == "use1-az1")
        #expect(scene.requests == ["GET /2026-01-15/metadata/execution-environment Bearer secret"])
    }

    @Test func severalAtATimeMakeOneRequest() throws {
        let scene = try Scene([Self.answer])
        defer { scene.stop() }
        var outcomes: [String] = []
        for _ in 0..<5 { scene.client.metadata { outcomes.append(words($0)) } }
        try scene.run { outcomes.count == 5 }
        #expect(outcomes == Array(repeating: "use1-az1", count: 5))
        #expect(scene.requests.count == 1)
    }

    @Test(arguments: [("", 1), ("max-age=43200", 1), ("max-age=0", 2), ("no-store", 2)])
    func keepsAnAnswerAsLongAsItMay(cacheControl: String, requests: Int) throws {
        let scene = try Scene([(200, #"{"AvailabilityZoneID":"use1-az1"}"#, cacheControl)])
        defer { scene.stop() }
        for _ in 0..<2 { #expect(try scene.outcome() == "use1-az1") }
        #expect(scene.requests.count == requests)
    }

    @Test func asksAgainWhenTheTimeIsOver() throws {
        let scene = try Scene([
            (200, #"{"AvailabilityZoneID":"use1-az1"}"#, "max-age=1"), (200, #"{"AvailabilityZoneID":"use1-az2"}"#, ""),
        ])
        defer { scene.stop() }
        #expect(try scene.outcome() == "use1-az1")
        var isOver = false
        let timer = scene.loop.makeTimer { isOver = true }
        timer.arm(after: .milliseconds(1_100))
        try scene.run { isOver }
        #expect(try scene.outcome() == "use1-az2")
    }

    @Test func asksAgainWhatItIsToForget() throws {
        let scene = try Scene([Self.answer, (200, #"{"AvailabilityZoneID":"use1-az2"}"#, "")])
        defer { scene.stop() }
        #expect(try scene.outcome() == "use1-az1")
        scene.client.forget()
        #expect(try scene.outcome() == "use1-az2")
    }

    /// A caller that waits while a snapshot is restored gets no answer from before.
    @Test func anAnswerThatWasUnderWayIsAskedForAgain() throws {
        let scene = try Scene([Self.answer, (200, #"{"AvailabilityZoneID":"use1-az2"}"#, "")])
        defer { scene.stop() }
        var outcome: String?
        scene.client.metadata { outcome = words($0) }
        scene.client.forget()
        try scene.run { outcome != nil }
        #expect(outcome == "use1-az2")
        #expect(try scene.outcome() == "use1-az2")
        #expect(scene.requests.count == 2)
    }

    @Test(arguments: [
        (401, "Unauthorized", "answered 401"), (503, "Service Unavailable", "answered 503"),
        (403, #"{"errorType":"No","errorMessage":"not\nyou"}"#, "answered 403 No: not you"),
        (200, "", "answered without JSON"), (200, "{", "answered without JSON"),
        (200, #"{"AvailabilityZoneID":"a"} x"#, "answered without JSON"),
        (200, "[]", "answered without an AvailabilityZoneID"),
        (200, "{}", "answered without an AvailabilityZoneID"), (204, "", "answered without JSON"),
        (200, #"{"AvailabilityZoneID":7}"#, "answered without an AvailabilityZoneID"),
        (200, #"{"AvailabilityZoneID":""}"#, "answered without an AvailabilityZoneID"),
    ])
    func saysHowItFails(status: Int, body: String, words: String) throws {
        let scene = try Scene([(status, body, ""), Self.answer])
        defer { scene.stop() }
        #expect(try scene.outcome() == "Lambda's metadata endpoint \(words)")
        #expect(try scene.outcome() == "use1-az1", "failures are not remembered")
    }

    @Test func readsWhatMayComeOneDay() throws {
        let scene = try Scene([
            (200, #"{"Rack":{"AvailabilityZoneID":"no"},"AvailabilityZoneID":"use1\u002daz1","More":[1]}"#, "")
        ])
        defer { scene.stop() }
        #expect(try scene.outcome() == "use1-az1")
    }

    @Test func waitsNotForEver() throws {
        let scene = try Scene([nil], timeout: .milliseconds(20))
        defer { scene.stop() }
        #expect(try scene.outcome() == "Lambda's metadata endpoint timed out")
    }

    @Test func tellsThoseWhoWaitThatItWasClosed() throws {
        let scene = try Scene([nil])
        defer { scene.stop() }
        var outcome: String?
        scene.client.metadata { outcome = words($0) }
        scene.client.forget()
        scene.client.close()
        try scene.run { outcome != nil }
        #expect(outcome == "Lambda's metadata endpoint closed")
    }

    @Test func saysThatNobodyListens() throws {
        let loop = try EventLoop()
        // Bound and not listening: nobody else can have its port.
        let socket = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(socket) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                #expect(bind(socket, pointer, length) == 0)
                #expect(getsockname(socket, pointer, &length) == 0)
            }
        }
        let text = "127.0.0.1:\(UInt16(bigEndian: address.sin_port))"
        let endpoint = try text.withByteView { (text) throws(LambdaMetadataError) in
            try LambdaMetadataEndpoint(parsing: text, token: "secret")
        }
        let client = LambdaMetadataClient(loop: loop, endpoint: endpoint, timeout: patience)
        defer { client.close() }
        var outcome: String?
        client.metadata { outcome = words($0) }
        let deadline = Instant.now + patience
        while outcome == nil {
            try #require(.now < deadline, "waited in vain")
            try loop.runOnce(until: deadline)
        }
        #expect(outcome == "Lambda's metadata endpoint cannot connect: Connection refused")
    }

    /// In processes of their own, since the environment is everybody's.
    @Test func theEnvironmentNamesTheEndpoint() async {
        await #expect(processExitsWith: .success) {
            for (address, token, words) in [
                (nil, "t", "AWS_LAMBDA_METADATA_API is not set; allowed: host:port"),
                ("", "t", "AWS_LAMBDA_METADATA_API is not set; allowed: host:port"),
                ("127.0.0.1:1", nil, "AWS_LAMBDA_METADATA_TOKEN is not set; allowed: the token that Lambda sets"),
                ("127.0.0.1:1", "", "AWS_LAMBDA_METADATA_TOKEN is not set; allowed: the token that Lambda sets"),
                (
                    "127.0.0.1:1", "a\nb",
                    "AWS_LAMBDA_METADATA_TOKEN has a control character; allowed: the token that Lambda sets"
                ),
                ("nowhere", "t", #"AWS_LAMBDA_METADATA_API "nowhere" has no port; allowed: host:port"#),
                ("169.254.100.1:9001", "t", nil),
            ] as [(String?, String?, String?)] {
                if let address {
                    setenv("AWS_LAMBDA_METADATA_API", address, 1)
                } else {
                    unsetenv("AWS_LAMBDA_METADATA_API")
                }
                if let token {
                    setenv("AWS_LAMBDA_METADATA_TOKEN", token, 1)
                } else {
                    unsetenv("AWS_LAMBDA_METADATA_TOKEN")
                }
                do {
                    _ = try LambdaMetadataEndpoint.fromEnvironment()
                    #expect(words == nil)
                } catch {
                    #expect("\(error)" == words)
                }
            }
        }
    }
}

private func words(_ result: Result<LambdaMetadata, LambdaMetadataError>) -> String {
    switch result {
    case .success(let metadata): metadata.availabilityZoneID
    case .failure(let error): error.description
    }
}
