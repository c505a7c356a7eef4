import CLinux
import Hold
import HostProcess
import PostInvoke
import Reactor
import ServiceFakes
import TestSupport
import Testing

@Suite struct SessionTests {
    private func session(to service: FakeService) throws -> Session {
        Session(address: try extensionAddress(service.address), timeout: patience)
    }

    /// A session with a short timeout, and open, however busy the machine is.
    private func impatientSession(at address: String, timeout: Duration) throws -> Session {
        let deadline = Instant.now + patience
        while true {
            let session = Session(address: try extensionAddress(address), timeout: timeout)
            do {
                _ = try session.open()
                return session
            } catch {
                guard Instant.now < deadline else { throw error }
            }
        }
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

    /// As after a restore, where the connection that there was may be gone without anybody's word.
    @Test func checksInAnewBeforeTheOldConnectionEnds() async throws {
        let service = try await FakeExtension.start()
        defer { service.stop() }
        let session = try session(to: service)
        _ = try session.open()
        let first = try await service.expect("GET", "/check")
        session.renew()
        let second = try await service.expect("GET", "/check")
        #expect(second.connection != first.connection)
        #expect(try await service.disconnections.next() == first.connection)
        session.done("a")
        #expect(try await service.expect("POST", "/done").connection == second.connection)
    }

    @Test func whatCannotBeRenewedIsTriedAgainByTheNextCall() async throws {
        let service = try await FakeExtension.start()
        defer { service.stop() }
        let session = try session(to: service)
        _ = try session.open()
        try await service.expect("GET", "/check")
        try await service.hangUp()
        session.renew()
        try await service.expect("GET", "/check")
        session.done("a")
        try await service.expect("POST", "/done")
    }

    @Test func aConnectedFunctionHasANewSessionAfterARestore() async throws {
        let service = try await FakeExtension.start()
        defer { service.stop() }
        var environment = FunctionEnvironment()
        environment.runtimeAPI = "127.0.0.1:1"
        environment.address = service.address
        environment.sessionTimeout = patience
        let hooks = SnapshotHooks()
        environment.snapshotHooks = hooks
        let postInvoke = try await PostInvoke.connect(mode: .layer, in: environment)
        let first = try await service.expect("GET", "/check")
        try await hooks.after.run()
        let second = try await service.expect("GET", "/check")
        #expect(second.connection != first.connection)
        await postInvoke.begin(requestID: "a").handle {}
        #expect(try await service.expect("POST", "/done").connection == second.connection)
    }

    @Test func learnsThatNothingIsHeld() async throws {
        let service = try await FakeExtension.start(mode: "pass-through")
        defer { service.stop() }
        #expect(try session(to: service).open() == .passThrough)

        let postInvoke = try PostInvoke.connect(to: extensionAddress(service.address), timeout: patience)
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

    // MARK: Answers that nobody waits for

    @Test func goesOnWithoutTheAnswerAndReadsItBeforeTheNextRequest() async throws {
        let service = try await FakeService.start { $0.path == "/check" ? .answer(200) : .park }
        defer { service.stop() }
        let session = try session(to: service)
        _ = try session.open()
        let check = try await service.expect("GET", "/check")
        session.done("a", awaitingAnswer: false)
        try await service.expect("POST", "/done")
        // Not there yet, which is no fault.
        session.settle()
        async let next: Void = session.done("b", awaitingAnswer: false)
        service.answerParked(.answer(200))
        await next
        let done = try await service.expect("POST", "/done")
        #expect(done.headers["Lambda-Runtime-Aws-Request-Id"] == "b")
        #expect(done.connection == check.connection)
        service.answerParked(.answer(200))
        session.settle()
    }

    private func dones(_ service: FakeService) -> [String] {
        service.requests.map { $0.headers["Lambda-Runtime-Aws-Request-Id"] ?? $0.path }
    }

    @Test func aDoneThatWasLostIsSaidOnceMoreWhenThatIsLookedAt() async throws {
        let service = try await FakeExtension.startHangingUpOnce()
        defer { service.stop() }
        let session = try session(to: service)
        _ = try session.open()
        session.done("a", awaitingAnswer: false)
        _ = try await service.disconnections.next()
        #expect(dones(service) == ["/check", "a"])
        session.settle()
        #expect(dones(service) == ["/check", "a", "/check", "a"])
        session.settle()
        session.done("b")
        #expect(dones(service) == ["/check", "a", "/check", "a", "b"])
    }

    @Test func aDoneThatWasLostIsSaidOnceMoreByTheNext() async throws {
        let service = try await FakeExtension.startHangingUpOnce()
        defer { service.stop() }
        let session = try session(to: service)
        _ = try session.open()
        session.done("a", awaitingAnswer: false)
        session.done("b", awaitingAnswer: false)
        session.done("c")
        #expect(dones(service) == ["/check", "a", "/check", "a", "b", "c"])
    }

    @Test func aDoneToAPeerThatHadGoneIsSaidOnceMore() async throws {
        let service = try await FakeExtension.start()
        defer { service.stop() }
        let session = try session(to: service)
        _ = try session.open()
        let first = try await service.expect("GET", "/check")
        try await service.hangUp()
        #expect(try await service.disconnections.next() == first.connection)
        // TCP takes the bytes of the first.
        session.done("a", awaitingAnswer: false)
        session.done("b", awaitingAnswer: false)
        session.done("c")
        #expect(dones(service) == ["/check", "/check", "a", "b", "c"])
    }

    @Test func aRefusalThatNobodyWaitedForIsFoundAndTriedAgain() async throws {
        let isFirst = Log<Void>()
        let service = try await FakeService.start { request in
            guard request.path == "/done", isFirst.all.isEmpty else { return .answer(200) }
            isFirst.append(())
            return .answer(503)
        }
        defer { service.stop() }
        let session = try session(to: service)
        _ = try session.open()
        session.done("a", awaitingAnswer: false)
        let deadline = Instant.now + patience
        while service.requests.count < 4, Instant.now < deadline { session.settle() }
        #expect(dones(service) == ["/check", "a", "/check", "a"])
    }

    /// It lies in the extension's socket; what would come of it after all is nobody else's answer.
    @Test func anAnswerThatIsTooLateIsNotTakenForAnothers() async throws {
        let isParked = Log<Void>()
        let service = try await FakeService.start { request in
            guard request.path == "/done", isParked.all.isEmpty else { return .answer(200) }
            isParked.append(())
            return .park
        }
        defer { service.stop() }
        let session = try impatientSession(at: service.address, timeout: .milliseconds(300))
        session.done("a", awaitingAnswer: false)
        session.done("b")
        service.answerParked(.answer(400))
        session.done("c")
        let connections = service.requests.filter { $0.path == "/done" }
        #expect(connections.first?.headers["Lambda-Runtime-Aws-Request-Id"] == "a")
        #expect(connections.dropFirst().allSatisfy { $0.connection != connections[0].connection })
    }

    @Test func severalThreadsShareASession() async throws {
        let service = try await FakeExtension.start()
        defer { service.stop() }
        let session = try session(to: service)
        _ = try session.open()
        await withTaskGroup { group in
            for thread in 0..<4 {
                group.addTask {
                    for number in 0..<50 {
                        session.done("\(thread)-\(number)", awaitingAnswer: number % 3 == 0)
                        session.settle()
                    }
                }
            }
        }
        session.done("last")
        #expect(service.requests.count == 202)
        #expect(Set(service.requests.map(\.connection)).count == 1)
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
        let session = try impatientSession(at: service.address, timeout: .milliseconds(50))
        session.done("a")
        while try await service.next().path != "/done" {}
    }

    /// An extension that is slow may have taken the next event meanwhile, which it would let go of with the last session.
    @Test func theOldConnectionLastsUntilTheNewOneHasCheckedIn() async throws {
        let started = Log<FakeService>()
        let checkIns = Log<(connection: Int, ended: [Int])>()
        let isParked = Log<Int>()
        let service = try await FakeService.start { request in
            guard request.path == "/done" else {
                checkIns.append((request.connection, started.all.first?.disconnections.all ?? []))
                return .answer(200)
            }
            guard isParked.all.allSatisfy({ $0 == request.connection }) else { return .answer(200) }
            isParked.append(request.connection)
            return .park
        }
        defer { service.stop() }
        started.append(service)
        let session = try impatientSession(at: service.address, timeout: .milliseconds(300))
        let first = try #require(checkIns.all.last).connection
        session.done("a")
        #expect(try await isParked.next() == first)
        // A busy machine may need more tries before another has the place.
        let deadline = Instant.now + patience
        while !service.disconnections.all.contains(first) {
            try #require(Instant.now < deadline)
            session.done("b")
        }
        // Of all that had checked in before, one was open.
        for checkIn in checkIns.all where checkIn.connection > first {
            let ended = checkIn.ended.filter { $0 >= first }
            #expect(ended.count < checkIn.connection - first, "\(checkIn)")
        }
        #expect(checkIns.all.contains { $0.connection > first })
    }

    /// An extension that was too slow for both tries is still there, and so is the session.
    @Test func aStoppedExtensionHoldsTheNextInvocation() async throws {
        let layer = try await ExtensionProcess()
        let session = try impatientSession(at: layer.address, timeout: .milliseconds(50))
        layer.api.answerParked(FakeExtensionsAPI.invoke("a"))
        try layer.waitForHold(of: "a")
        layer.stop()
        session.done("a")
        layer.goOn()
        try await layer.expectNext()
        // The connections that nobody waits for any more have come to their ends, too.
        try layer.wait { $0.connections == 2 }
        layer.api.answerParked(FakeExtensionsAPI.invoke("b"))
        try layer.waitForHold(of: "b")
        // Late answers change nothing: it is said until it has been heard.
        try layer.wait {
            if $0.requestId == "b" { session.done("b") }
            return $0.releases["done"] == 2
        }
        try await layer.expectNext()
        try layer.wait { $0.connections == 2 }
        let status = try layer.status()
        #expect(status.holds == 2)
        #expect(status.releases == ["done": 2, "session": 0, "deadline": 0, "budget": 0, "passThrough": 0])
        try await layer.end()
    }

    private final class Guest {
        private let socket: Socket
        init(to peer: SocketAddress) throws(Errno) { socket = try Socket.connect(to: peer) }
    }

    /// Connects until nobody else can, to an extension that stands still.
    private func fillBacklog(at address: String) throws -> [Guest] {
        let peer = try extensionAddress(address).socket
        var crowd: [Guest] = []
        while true {
            do throws(Errno) {
                crowd.append(try Guest(to: peer))
            } catch {
                guard error == .wouldBlock else { throw error }
                return crowd
            }
        }
    }

    /// It is there nevertheless and will take the next event, which it would let pass if there were no session.
    @Test func theSessionStaysWhenThereIsNoWayToAnother() async throws {
        let layer = try await ExtensionProcess()
        let session = try impatientSession(at: layer.address, timeout: .milliseconds(50))
        layer.api.answerParked(FakeExtensionsAPI.invoke("a"))
        try layer.waitForHold(of: "a")
        layer.stop()
        var crowd = try fillBacklog(at: layer.address)
        session.done("a")
        #expect(!crowd.isEmpty)
        crowd = []
        layer.goOn()
        try await layer.expectNext()
        layer.api.answerParked(FakeExtensionsAPI.invoke("b"))
        try layer.waitForHold(of: "b")
        try layer.wait {
            if $0.requestId == "b" { session.done("b") }
            return $0.releases["done"] == 2
        }
        try await layer.end()
    }

    /// Nobody could report the end of what would be held for a session that stayed.
    @Test func noConnectionStaysThatIsRefused() async throws {
        let service = try await FakeService.start { $0.path == "/check" ? .answer(200) : .answer(400) }
        defer { service.stop() }
        let session = try session(to: service)
        _ = try session.open()
        session.done("a")
        #expect(service.requests.map(\.path) == ["/check", "/done", "/check", "/done"])
        #expect(service.requests.map(\.connection) == [0, 0, 1, 1])
        // Two ends may be reported in either order.
        let ends = [try await service.disconnections.next(), try await service.disconnections.next()]
        #expect(ends.sorted() == [0, 1])
    }

    @Test func saysThatTheLayerIsMissing() async throws {
        // A port that was ours a moment ago, and that nobody listens on now.
        let service = try await FakeExtension.start()
        service.stop()
        try await service.stopped()
        let error = #expect(throws: PostInvokeError.self) {
            try PostInvoke.connect(to: extensionAddress(service.address), timeout: patience)
        }
        #expect(
            "\(error!)"
                == "unable to connect to the extension at \(service.address) - did you forget to add the Lambda layer?")
    }

    @Test func knowsAStranger() async throws {
        let service = try await FakeService.start { _ in .answer(404) }
        defer { service.stop() }
        #expect(throws: PostInvokeError.notTheExtension(address: service.address, status: 404)) {
            try PostInvoke.connect(to: extensionAddress(service.address), timeout: patience)
        }
    }

    @Test(arguments: [
        ("127.0.0.1", "has no port"), ("10.0.0.1:1339", "is no port on loopback"),
        ("127.0.0.1:0", "is no port on loopback"), ("unix:", "has no socket path or name of 1 to 107 bytes"),
    ])
    func refusesAnAddressThatIsNone(text: String, reason: String) {
        let error = #expect(throws: PostInvokeError.self) { try extensionAddress(text) }
        #expect("\(error!)".hasPrefix("POSTINVOKE_ADDRESS \"\(text)\" \(reason); allowed: host:port on loopback"))
    }
}
