import PostInvoke
import Reactor
import ServiceFakes
import TestSupport
import Testing

@Suite struct ModeTests {
    /// An address that nobody listens at, and that was ours a moment ago.
    private func unusedAddress() async throws -> String {
        let service = try await FakeExtension.start()
        service.stop()
        try await service.stopped()
        return service.address
    }

    private func environment(api: FakeService? = nil, address: String) -> FunctionEnvironment {
        var environment = FunctionEnvironment()
        environment.runtimeAPI = api?.address
        environment.address = address
        environment.sessionTimeout = patience
        return environment
    }

    @Test func theLayerIsPreferred() async throws {
        let (api, layer) = (try await FakeExtensionsAPI.start(), try await FakeExtension.start())
        defer { [api, layer].forEach { $0.stop() } }
        let here = environment(api: api, address: layer.address)
        #expect(try await PostInvoke.connect(mode: .automatic, in: here).mode == .layer)
        #expect(try await PostInvoke.connect(mode: .layer, in: here).mode == .layer)
        #expect(api.requests.isEmpty)
    }

    @Test func withoutALayerTheProcessHoldsItself() async throws {
        let api = try await FakeExtensionsAPI.start()
        defer { api.stop() }
        let here = environment(api: api, address: try await unusedAddress())
        #expect(try await PostInvoke.connect(mode: .automatic, in: here).mode == .inProcess)
        let registration = try await api.expect("POST", "/2020-01-01/extension/register")
        #expect(registration.headers["Lambda-Extension-Name"] == "postinvoke-internal")
        #expect(registration.body == #"{"events":["INVOKE"]}"#)
        let next = try await api.expect("GET", "/2020-01-01/extension/event/next")
        #expect(next.headers["Lambda-Extension-Identifier"] == "extension-1")
    }

    @Test func withNeitherTheLayerIsMissing() async throws {
        let api = try await FakeService.start { _ in .answer(403, #"{"errorType":"Extension.NotAllowed"}"#) }
        defer { api.stop() }
        let address = try await unusedAddress()
        let here = environment(api: api, address: address)
        await #expect(throws: PostInvokeError.unreachable(address: address)) {
            try await PostInvoke.connect(mode: .automatic, in: here)
        }
        let error = await #expect(throws: PostInvokeError.self) {
            try await PostInvoke.connect(mode: .inProcess, in: here)
        }
        #expect("\(error!)".contains(".inProcess is not available: Extensions API register answered 403 Extension.Not"))
    }

    /// Neither the layer nor its mode is what is missing.
    @Test(arguments: [PostInvoke.ModeChoice.automatic, .layer, .inProcess])
    func whereLambdaIsMissingThatIsSaid(mode: PostInvoke.ModeChoice) async throws {
        var here = environment(address: try await unusedAddress())
        let address = try await unusedAddress()
        here.runtimeAPI = address
        let error = await #expect(throws: PostInvokeError.lambdaUnreachable(address: address)) {
            try await PostInvoke.connect(mode: mode, in: here)
        }
        #expect("\(error!)".hasPrefix("nobody listens at \(address), which AWS_LAMBDA_RUNTIME_API names - is Lambda"))
    }

    @Test func managedInstancesAreKnownByTheirVariable() async throws {
        var here = environment(address: try await unusedAddress())
        here.runtimeAPI = "127.0.0.1:9001"
        let error = await #expect(throws: PostInvokeError.self) {
            try await PostInvoke.connect(mode: .managed, in: here)
        }
        #expect("\(error!)".contains("is not lambda-managed-instances - use mode .layer"))

        here.initializationType = "lambda-managed-instances"
        #expect(try await PostInvoke.connect(mode: .automatic, in: here).mode == .managed)
        #expect(try await PostInvoke.connect(mode: .managed, in: here).mode == .managed)
    }

    /// No extension is notified of invocations there, so that neither of these could hold one.
    @Test(arguments: [PostInvoke.ModeChoice.layer, .inProcess])
    func onManagedInstancesNobodyIsAskedToHold(mode: PostInvoke.ModeChoice) async throws {
        let (api, layer) = (try await FakeExtensionsAPI.start(), try await FakeExtension.start())
        defer { [api, layer].forEach { $0.stop() } }
        var here = environment(api: api, address: layer.address)
        here.initializationType = "lambda-managed-instances"
        let postInvoke = try await PostInvoke.connect(mode: mode, in: here)
        #expect(postInvoke.mode == .managed)
        await postInvoke.begin(requestID: "a").handle {}
        #expect(api.requests.isEmpty && layer.requests.isEmpty)
    }

    @Test(arguments: ["on-demand", "provisioned-concurrency", "snap-start", "native-http", "of-next-year", ""])
    func anyOtherWayToStartIsTakenForOnDemand(type: String) async throws {
        let layer = try await FakeExtension.start()
        defer { layer.stop() }
        var here = environment(address: layer.address)
        here.runtimeAPI = "127.0.0.1:9001"
        here.initializationType = type
        #expect(try await PostInvoke.connect(mode: .automatic, in: here).mode == .layer)
        await #expect(throws: PostInvokeError.self) { try await PostInvoke.connect(mode: .managed, in: here) }
    }

    @Test func withoutLambdaItIsLocal() async throws {
        let here = environment(address: try await unusedAddress())
        #expect(try await PostInvoke.connect(mode: .automatic, in: here).mode == .local)
        #expect(try await PostInvoke.connect(mode: .local, in: here).mode == .local)
        let error = await #expect(throws: PostInvokeError.self) {
            try await PostInvoke.connect(mode: .inProcess, in: here)
        }
        #expect("\(error!)".contains("AWS_LAMBDA_RUNTIME_API is not set, this is not Lambda - use mode .local"))
    }

    @Test(arguments: [
        ("-1", "is out of range"), ("86400001", "is out of range"), ("x", "is no whole number"),
        ("", "is no whole number"),
    ])
    func aBadSettingIsNamed(value: String, fault: String) async throws {
        let api = try await FakeExtensionsAPI.start()
        defer { api.stop() }
        var here = environment(api: api, address: try await unusedAddress())
        here.deadlineMargin = value
        for mode in [PostInvoke.ModeChoice.automatic, .inProcess] {
            let error = await #expect(throws: PostInvokeError.self) {
                try await PostInvoke.connect(mode: mode, in: here)
            }
            #expect(
                "\(error!)".hasPrefix(
                    "POSTINVOKE_DEADLINE_MARGIN_MS \"\(value)\" \(fault); allowed: a whole number"))
        }
        #expect(api.requests.isEmpty)
    }

    @Test func theFirstOfSeveralAddressesThatAnswersIsTaken() async throws {
        let layer = try await FakeExtension.start()
        defer { layer.stop() }
        let list = "\(try await unusedAddress()),\(layer.address),unix:@postinvoke-nobody"
        let here = environment(address: list)
        #expect(try await PostInvoke.connect(mode: .layer, in: here).mode == .layer)
        layer.stop()
        try await layer.stopped()
        await #expect(throws: PostInvokeError.unreachable(address: list)) {
            try await PostInvoke.connect(mode: .layer, in: here)
        }
        await #expect(throws: PostInvokeError.self) {
            try await PostInvoke.connect(mode: .layer, in: environment(address: list + ","))
        }
    }

    @Test func theUnixSocketIsTakenWhenBothAnswer() async throws {
        let name = [0] + [UInt8]("postinvoke-test-\(UInt64.random(in: 0 ... .max))".utf8)
        let (tcp, unix) = (try await FakeExtension.start(), try await FakeExtension.start(on: .unix(name)))
        defer { [tcp, unix].forEach { $0.stop() } }
        let here = environment(address: "\(tcp.address),\(unix.address)")
        let postInvoke = try await PostInvoke.connect(mode: .automatic, in: here)
        #expect(postInvoke.mode == .local, "without Lambda nobody is asked")

        let connected = try await PostInvoke.connect(mode: .layer, in: here)
        let check = try await unix.expect("GET", "/check")
        #expect(check.headers["Host"] == "")
        await connected.begin(requestID: "a").handle {}
        #expect(try await unix.expect("POST", "/done").headers["Lambda-Runtime-Aws-Request-Id"] == "a")
        #expect(tcp.requests.isEmpty)
    }

    @Test func managedInvocationsOverlap() async throws {
        var here = FunctionEnvironment()
        here.initializationType = "lambda-managed-instances"
        let postInvoke = try await PostInvoke.connect(mode: .automatic, in: here)
        let (events, gate) = (Log<String>(), Log<Void>())
        let (first, second) = (postInvoke.begin(requestID: "a"), postInvoke.begin(requestID: "b"))
        await first.handle {
            PostInvoke.run {
                events.append("a begins")
                try await gate.next()
                events.append("a ends")
            }
        }
        await second.handle { PostInvoke.run { events.append("b") } }
        let task = Task { await first.responseAccepted() }
        #expect(try await events.next() == "a begins")
        await second.responseAccepted()
        gate.append(())
        await task.value
        #expect(events.all == ["a begins", "b", "a ends"])
    }
}
