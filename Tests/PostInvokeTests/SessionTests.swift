import CLinux
import PostInvoke
import Reactor
import ServiceFakes
import Testing

@Suite struct SessionTests {
    private func session(to service: FakeService, timeout: Duration = .seconds(10)) throws -> Session {
        Session(address: try ExtensionAddress(service.address), timeout: timeout)
    }

    @Test func checksInAndSaysWhenItIsDoneOverOneConnection() async throws {
        let service = try await FakeExtension.start()
        defer { service.stop() }
        let session = try session(to: service)
        #expect(try session.open() == .hold)
        let check = try await service.expect("GET", "/check")
        #expect(check.headers["Postinvoke-Session"] == "\(getpid())")
        #expect(check.headers["Host"] == service.address)
        for number in 0..<10 {
            session.done("id-\(number)")
            let done = try await service.expect("POST", "/done")
            #expect(done.headers["Lambda-Runtime-Aws-Request-Id"] == "id-\(number)")
            #expect(done.headers["Content-Length"] == "0")
            #expect(done.connection == check.connection)
        }
    }

    @Test func learnsThatNothingIsHeld() async throws {
        let service = try await FakeExtension.start(mode: "pass-through")
        defer { service.stop() }
        #expect(try session(to: service).open() == .passThrough)

        let postInvoke = try PostInvoke.connect(to: ExtensionAddress(service.address))
        let invocation = postInvoke.begin(requestID: "a")
        await invocation.handle {}
        #expect(service.requests.map(\.path) == ["/check", "/check"])
    }

    @Test func checksInAgainAfterTheConnectionWasLost() async throws {
        let service = try await FakeExtension.start()
        defer { service.stop() }
        let session = try session(to: service)
        _ = try session.open()
        try await service.expect("GET", "/check")
        try await service.hangUp()
        session.done("a")
        try await service.expect("GET", "/check")
        #expect(try await service.expect("POST", "/done").headers["Lambda-Runtime-Aws-Request-Id"] == "a")
    }

    @Test func saysItOnceMoreWhenTheConnectionEndsMeanwhile() async throws {
        let isFirst = Log<Void>()
        let service = try await FakeService.start { request in
            guard request.path == "/done", isFirst.all.isEmpty else { return .answer(200) }
            isFirst.append(())
            return .hangUp
        }
        defer { service.stop() }
        let session = try session(to: service)
        _ = try session.open()
        session.done("a")
        #expect(service.requests.map(\.path) == ["/check", "/done", "/check", "/done"])
    }

    @Test func goesOnWithoutAnExtensionThatIsGone() async throws {
        let service = try await FakeExtension.start()
        let session = try session(to: service)
        _ = try session.open()
        service.stop()
        try await service.stopped()
        session.done("a")
        session.done("b")
        #expect(service.requests.map(\.path) == ["/check"])
    }

    @Test func waitsNoLongerThanItsTimeout() async throws {
        let service = try await FakeService.start { $0.path == "/check" ? .answer(200) : .park }
        defer { service.stop() }
        let session = try session(to: service, timeout: .milliseconds(20))
        _ = try session.open()
        session.done("a")
        #expect(service.requests.map(\.path) == ["/check", "/done", "/check", "/done"])
    }

    @Test func saysThatTheLayerIsMissing() async throws {
        // A port that was ours a moment ago, and that nobody listens on now.
        let service = try await FakeExtension.start()
        service.stop()
        try await service.stopped()
        let error = #expect(throws: PostInvokeError.self) {
            try PostInvoke.connect(to: ExtensionAddress(service.address))
        }
        #expect(
            "\(error!)"
                == "unable to connect to the extension at \(service.address) - did you forget to add the Lambda layer?")
    }

    @Test func knowsAStranger() async throws {
        let service = try await FakeService.start { _ in .answer(404) }
        defer { service.stop() }
        #expect(throws: PostInvokeError.notTheExtension(address: service.address, status: 404)) {
            try PostInvoke.connect(to: ExtensionAddress(service.address))
        }
    }

    @Test(arguments: [
        ("127.0.0.1", "has no port"), ("10.0.0.1:1339", "is not of this machine"), ("unix:", "has no socket path"),
    ])
    func refusesAnAddressThatIsNone(text: String, reason: String) {
        let error = #expect(throws: PostInvokeError.self) { try ExtensionAddress(text) }
        #expect("\(error!)".hasPrefix("POSTINVOKE_ADDRESS=\(text) \(reason)"))
    }
}
