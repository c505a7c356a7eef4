import SandboxCore
import Testing

/// One wrong request: what came before, the request, the answer.
struct WrongCall: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let status: Int
    let type: String
    let make: @Sendable () -> (life: Life, call: Call)

    init(_ name: String, _ status: Int, _ type: String, _ make: @escaping @Sendable () -> (Life, Call)) {
        testDescription = name
        self.status = status
        self.type = type
        self.make = make
    }
}

/// Every row of the two APIs' tables of errors.
@Suite struct ErrorTableTests {
    @Test(arguments: extensionErrors + runtimeErrors)
    func isRefused(_ wrong: WrongCall) {
        let (life, call) = wrong.make()
        let refusal = life.refusal(of: call)
        #expect(refusal?.status == wrong.status)
        #expect(refusal?.type == wrong.type)
        #expect(refusal?.message.isEmpty == false)
    }

    @Test func logsAreAcceptedButNotThere() {
        var life = Life.idle()
        let call = life.extension(.subscribeElsewhere(identifier: life.identifiers["ext"], service: "Logs"))
        guard case .notSupported("Logs")? = life.answer(to: call) else {
            Issue.record("not answered")
            return
        }
    }

    @Test func aNameOutsideTheFolderBecomesAnInternalExtension() {
        var life = Life(Configuration())
        life.send(.start)
        #expect(IdentifierSource.isUUID(life.register("elsewhere", ["INVOKE"])))
    }

    @Test func onManagedInstancesAnInternalExtensionMayAskForNothing() {
        var configuration = Configuration()
        configuration.kind = .managedInstances
        var life = Life(configuration)
        life.send(.start)
        #expect(IdentifierSource.isUUID(life.register("inside", [])))
    }

    @Test func tooLargeAResponseIsToldToTheCaller() {
        var life = Life.idle(extensions: [])
        life.invoke("r")
        let limit = life.environment.configuration.responseLimit
        #expect(limit == 6_291_556)
        life.runtime(.response(id: "r", FunctionResponse(body: Array(repeating: 0, count: limit + 1))))
        #expect(life.outcomes(of: "r").map(\.errorType) == ["Function.ResponseSizeTooLarge"])
    }

    @Test func theLargestResponseIsWelcome() {
        var life = Life.idle(extensions: [])
        life.invoke("r")
        let limit = life.environment.configuration.responseLimit
        life.runtime(.response(id: "r", FunctionResponse(body: Array(repeating: 0, count: limit))))
        #expect(life.outcomes(of: "r").map(\.errorType) == [nil])
    }
}

private func starting(_ extensions: [String] = ["ext"], kind: Configuration.Kind = .onDemand) -> Life {
    var configuration = Configuration(extensions: extensions)
    configuration.kind = kind
    var life = Life(configuration)
    life.send(.start)
    return life
}

private func registering(
    _ name: String?, _ events: [String]?, in life: Life = starting()
) -> @Sendable () -> (Life, Call) {
    {
        var life = life
        let call = life.extension(.register(name: name, events: events, wantsAccountID: false))
        return (life, call)
    }
}

private func asking(_ identifier: String?) -> @Sendable () -> (Life, Call) {
    {
        var life = Life.idle()
        let call = life.extension(.next(identifier: identifier))
        return (life, call)
    }
}

private let extensionErrors: [WrongCall] = [
    WrongCall("no name", 403, "Extension.InvalidExtensionName", registering(nil, ["INVOKE"])),
    WrongCall("empty name", 403, "Extension.InvalidExtensionName", registering("", ["INVOKE"])),
    WrongCall("bad JSON", 403, "InvalidRequestFormat", registering("ext", nil)),
    WrongCall("unknown event", 403, "Extension.InvalidEventType", registering("ext", ["SLEEP"])),
    WrongCall("SHUTDOWN, internal", 403, "Extension.InvalidEventType", registering("inside", ["SHUTDOWN"])),
    WrongCall("registered twice", 403, "Extension.InvalidExtensionState") {
        var life = starting()
        _ = life.register("ext", [])
        return registering("ext", [], in: life)()
    },
    WrongCall("internal registered twice", 403, "Extension.InvalidExtensionState") {
        var life = starting([])
        _ = life.register("inside", [])
        return registering("inside", [], in: life)()
    },
    WrongCall("after init", 403, "Extension.RegistrationClosed", registering("late", ["INVOKE"], in: .idle())),
    WrongCall("the eleventh", 403, "Extension.TooManyExtensions") {
        var life = starting([])
        for number in 1...10 { _ = life.register("inside\(number)", []) }
        return registering("inside11", [], in: life)()
    },
    WrongCall("next, no identifier", 403, "Extension.MissingExtensionIdentifier", asking(nil)),
    WrongCall("next, empty identifier", 403, "Extension.MissingExtensionIdentifier", asking("")),
    WrongCall("next, malformed identifier", 403, "Extension.InvalidExtensionIdentifier", asking("12-34")),
    WrongCall(
        "next, unknown identifier", 403, "Extension.UnknownExtensionIdentifier",
        asking("00000000-0000-4000-8000-000000000000")),
    WrongCall("a second next", 403, "Extension.InvalidExtensionState") {
        var life = Life.idle()
        let call = life.next(of: "ext")
        return (life, call)
    },
    WrongCall("exit error, no type", 403, "Extension.MissingHeader") {
        var life = Life.idle()
        let call = life.extension(.exitError(identifier: life.identifiers["ext"], type: nil))
        return (life, call)
    },
    WrongCall("init error, no type", 403, "Extension.MissingHeader") {
        var life = starting()
        let call = life.extension(.initError(identifier: life.register("ext", []), type: ""))
        return (life, call)
    },
    WrongCall("init error, after next", 403, "Extension.InvalidExtensionState") {
        var life = Life.idle()
        let call = life.extension(.initError(identifier: life.identifiers["ext"], type: "Late"))
        return (life, call)
    },
    WrongCall("next, after init error", 403, "Extension.InvalidExtensionState") {
        var life = starting()
        let identifier = life.register("ext", [])
        life.extension(.initError(identifier: identifier, type: "Broke"))
        let call = life.extension(.next(identifier: identifier))
        return (life, call)
    },
    WrongCall("telemetry after init", 403, "Telemetry.SubscriptionClosed") {
        var life = Life.idle()
        let call = life.extension(.subscribe(identifier: life.identifiers["ext"], TelemetryRequest()))
        return (life, call)
    },
    WrongCall("telemetry, no identifier", 403, "Extension.MissingExtensionIdentifier") {
        var life = starting()
        let call = life.extension(.subscribe(identifier: nil, TelemetryRequest()))
        return (life, call)
    },
    WrongCall("telemetry, bad JSON", 400, "InvalidRequestFormat") {
        var life = starting()
        let call = life.extension(.subscribe(identifier: life.register("ext", []), nil))
        return (life, call)
    },
    WrongCall("telemetry, nothing asked for", 400, "ValidationError") {
        var life = starting()
        let call = life.extension(.subscribe(identifier: life.register("ext", []), TelemetryRequest()))
        return (life, call)
    },
    WrongCall(
        "INVOKE on Managed Instances", 403, "Extension.InvalidEventType",
        registering("ext", ["INVOKE"], in: starting(kind: .managedInstances))),
]

private func answering(
    _ id: String, _ response: FunctionResponse = FunctionResponse(), kind: Configuration.Kind = .onDemand,
    times: Int = 1
) -> @Sendable () -> (Life, Call) {
    {
        var life = Life.idle(extensions: [], kind: kind)
        life.invoke("r")
        var call = Call(id: 0)
        for _ in 0..<times { call = life.runtime(.response(id: id, response)) }
        return (life, call)
    }
}

private let runtimeErrors: [WrongCall] = [
    WrongCall("unknown id", 400, "InvalidRequestID", answering("other")),
    WrongCall("error, unknown id", 400, "InvalidRequestID") {
        var life = Life.idle(extensions: [])
        life.invoke("r")
        let call = life.runtime(.error(id: "other", type: "", body: []))
        return (life, call)
    },
    WrongCall("response between invocations", 400, "InvalidRequestID") {
        var life = Life.idle(extensions: [])
        let call = life.runtime(.response(id: "r", FunctionResponse()))
        return (life, call)
    },
    WrongCall("second response", 403, "InvalidStateTransition", answering("r", times: 2)),
    WrongCall(
        "second response on Managed Instances", 400, "InvalidRequestID",
        answering("r", kind: .managedInstances, times: 2)),
    WrongCall("error after response", 403, "InvalidStateTransition") {
        var (life, _) = answering("r")()
        let call = life.runtime(.error(id: "r", type: "Late", body: []))
        return (life, call)
    },
    WrongCall(
        "too large", 413, "RequestEntityTooLarge",
        answering("r", FunctionResponse(body: Array(repeating: 0, count: 6 * 1024 * 1024 + 101)))),
    WrongCall("unknown mode", 400, "InvalidFunctionResponseMode", answering("r", FunctionResponse(mode: .unknown))),
    WrongCall("late response on Managed Instances", 410, "InvokeTimeout") {
        var life = Life.idle(extensions: [], kind: .managedInstances)
        life.invoke("r")
        life.wait(.seconds(3))
        let call = life.runtime(.response(id: "r", FunctionResponse()))
        return (life, call)
    },
    WrongCall("late response", 400, "InvalidRequestID") {
        var life = Life.idle()
        life.invoke("r")
        life.wait(.seconds(3))
        let call = life.runtime(.response(id: "r", FunctionResponse()))
        return (life, call)
    },
    WrongCall("init error twice", 403, "InvalidStateTransition") {
        var life = starting([])
        life.runtime(.initError(type: "Broke", body: []))
        let call = life.runtime(.initError(type: "Broke", body: []))
        return (life, call)
    },
    WrongCall("init error after next", 403, "InvalidStateTransition") {
        var life = Life.idle(extensions: [])
        let call = life.runtime(.initError(type: "Late", body: []))
        return (life, call)
    },
    WrongCall("second next of the function", 403, "InvalidStateTransition") {
        var life = Life.idle(extensions: [])
        let call = life.runtime(.next)
        return (life, call)
    },
]
